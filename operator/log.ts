// The operator's log: one line a message, for people on a terminal and for machines elsewhere.
import { Writable } from 'node:stream';
import { createLogger, format } from 'winston';
import type { Log } from './controller/surroundings.ts';

export interface LogOptions {
  readonly level: string;
  readonly isPretty: boolean;
}

const levels = ['error', 'warn', 'info', 'debug'] as const;

/** `LOG_LEVEL` and `LOG_FORMAT` (json, pretty); pretty on a terminal. Throws on another value. */
export function readLogOptions(env: NodeJS.ProcessEnv, isTerminal: boolean): LogOptions {
  const { LOG_LEVEL: level = 'info', LOG_FORMAT: form = isTerminal ? 'pretty' : 'json' } = env;
  if (!levels.some((known) => known === level)) {
    throw new Error(`LOG_LEVEL must be one of ${levels.join(', ')}, not ${JSON.stringify(level)}.`);
  }
  if (form !== 'json' && form !== 'pretty') {
    throw new Error(`LOG_FORMAT must be json or pretty, not ${JSON.stringify(form)}.`);
  }
  return { level, isPretty: form === 'pretty' };
}

/** Where winston leaves the spelt line. */
const spelt = Symbol.for('message');

/** Writes to standard error, which leaves standard output to commands. */
export function createLog({ level, isPretty }: LogOptions): Log {
  const logger = createLogger({
    level,
    format: format.combine(format.timestamp(), isPretty ? prettyLine : format.json()),
  });
  logger.pipe(
    new Writable({
      objectMode: true,
      write: (line: { readonly [spelt]: string }, _, done) => {
        process.stderr.write(`${line[spelt]}\n`);
        done();
      },
    }),
  );
  // Nothing is formatted for a level that is off.
  const at =
    (of: (typeof levels)[number]) =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void => {
      if (logger.isLevelEnabled(of)) logger.log(of, message, fields ?? {});
    };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}

const prettyLine = format.printf(({ timestamp, level, message, ...fields }) => {
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [String(timestamp), level.toUpperCase().padEnd(5), String(message), ...rest].join(' ');
});
