// The log of a command that runs once: what goes wrong is told; that all is well is not.
import type { Log } from '../ports.ts';

export function commandLog(say: (line: string) => void): Log {
  const ignore = (): void => undefined;
  const tell = (message: string, fields?: object): void => {
    say(fields === undefined ? message : `${message}: ${JSON.stringify(fields)}`);
  };
  return { error: tell, warn: tell, info: ignore, debug: ignore, isEnabled: () => false };
}
