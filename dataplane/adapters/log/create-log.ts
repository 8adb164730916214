// The router's log: winston for what happens now and then, and a way past it for the one line that
// every request writes. A line through winston makes several objects and runs a chain of formats,
// also for a call whose level is off; so levels are asked before winston is, and request lines are
// spelt here. Both go through one buffer, in order.
import { Writable } from 'node:stream';
import { createLogger, format, type Logger } from 'winston';
import type { Clock, Log, LogFields, LogLevel } from '../../ports.ts';
import { BufferedOutput } from './buffered-output.ts';
import { lineFormatter, type LineFormatter, type LogFormat } from './line-format.ts';
import { standardOutput, type OutputDevice } from './output-device.ts';
import { redactFields } from './redact.ts';

export interface LogOptions {
  /** `LOG_LEVEL`: error, warn, info or debug. `LOG_FORMAT`: json or pretty. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a person reads along: pretty and coloured unless `LOG_FORMAT` says otherwise. */
  readonly isTerminal: boolean;
  readonly device: OutputDevice;
  readonly clock: Pick<Clock, 'now'>;
  /** Characters that may wait for a slow reader; 4 Mi when left out. */
  readonly maxWaiting?: number;
}

export interface LogOutput {
  readonly log: Log;
  /**
   * Writes one line at info, past winston. Only for the request log: fields must be JSON values
   * that need no redaction.
   */
  readonly writeInfo: (message: string, fields: LogFields) => void;
  /** Lines lost because the reader was too slow or gone. */
  readonly dropped: () => number;
  /** Resolves when every line so far was written or lost. */
  readonly flush: () => Promise<void>;
  /** Writes what waits, for a process that ends at once. */
  readonly flushSync: () => void;
}

const levels: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

export function createLog(options: LogOptions): LogOutput {
  const { env, clock, isTerminal } = options;
  const level = readLevel(env['LOG_LEVEL']);
  const chosenFormat = readFormat(env['LOG_FORMAT']) ?? (isTerminal ? 'pretty' : 'json');
  const spell = lineFormatter(chosenFormat, isTerminal && env['NO_COLOR'] === undefined);
  const output = new BufferedOutput({
    device: options.device,
    ...(options.maxWaiting === undefined ? {} : { maxWaiting: options.maxWaiting }),
    droppedLine: (count) =>
      spell({
        atMs: clock.now(),
        level: 'warn',
        message: 'log lines were dropped, since standard output was not read fast enough',
        fields: { lines: count },
      }),
  });
  const log = guarded(winstonLogger(spell, output), clock, levels[level ?? 'info']);
  if (level === undefined) {
    log.warn('LOG_LEVEL is none of error, warn, info, debug; info is used', {
      given: env['LOG_LEVEL'],
    });
  }
  return {
    log,
    writeInfo: (message, fields) => {
      output.write(spell({ atMs: clock.now(), level: 'info', message, fields }));
    },
    dropped: () => output.dropped,
    flush: () => output.flush(),
    flushSync: () => {
      output.flushSync();
    },
  };
}

/** The log of this process, on standard output, written out when the process ends. */
export function createProcessLog(clock: Pick<Clock, 'now'>): LogOutput {
  const created = createLog({ env: process.env, ...standardOutput(), clock });
  process.once('exit', () => {
    created.flushSync();
  });
  return created;
}

function guarded(winston: Logger, clock: Pick<Clock, 'now'>, max: number): Log {
  const at = (level: LogLevel) => {
    if (levels[level] > max) return () => undefined;
    return (message: string, fields: LogFields = {}) => {
      winston.log({ level, message, atMs: clock.now(), fields: safeFields(fields) });
    };
  };
  return {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    isEnabled: (level) => levels[level] <= max,
  };
}

/** Whoever logs is often handling an error already and must not get another one. */
function safeFields(fields: LogFields): LogFields {
  try {
    return redactFields(fields);
  } catch {
    return { fields: 'could not be read' };
  }
}

interface WinstonLine {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** Where winston leaves the spelt line. */
const spelt = Symbol.for('message');

function winstonLogger(spell: LineFormatter, output: BufferedOutput): Logger {
  const logger = createLogger({
    levels,
    level: 'debug',
    format: format.printf((line) => spell(line as unknown as WinstonLine)),
  });
  logger.pipe(
    new Writable({
      objectMode: true,
      write: (line: { readonly [spelt]: string }, _, done) => {
        output.write(line[spelt]);
        // At once: the buffer takes or drops, it never makes winston wait.
        done();
      },
    }),
  );
  return logger;
}

/** Undefined where the text is no level; the default where there is none. */
function readLevel(text: string | undefined): LogLevel | undefined {
  const name = (text ?? '').trim().toLowerCase();
  if (name === '') return 'info';
  return name === 'error' || name === 'warn' || name === 'info' || name === 'debug'
    ? name
    : undefined;
}

function readFormat(text: string | undefined): LogFormat | undefined {
  return text === 'json' || text === 'pretty' ? text : undefined;
}
