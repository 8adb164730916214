// A log for tests that are not about logging.
import type { Log } from '../../dataplane/ports.ts';

const ignore = (): void => undefined;

export const silentLog: Log = {
  error: ignore,
  warn: ignore,
  info: ignore,
  debug: ignore,
  isEnabled: () => false,
};
