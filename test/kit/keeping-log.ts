// A log that tests read.
import type { Log, LogFields } from '../../dataplane/ports.ts';

/** Adds `level message` lines to `lines`, with fields as JSON where there are any. */
export function keepingLog(lines: string[]): Log {
  const at =
    (level: string) =>
    (message: string, fields?: LogFields): void => {
      const details = fields === undefined ? '' : ` ${JSON.stringify(fields)}`;
      lines.push(`${level} ${message}${details}`);
    };
  return {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    isEnabled: () => true,
  };
}
