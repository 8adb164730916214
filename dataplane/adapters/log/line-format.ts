// How one log line is spelt: JSON for machines, `12:34:56.789 INFO  message key=value` for people.
import type { LogFields, LogLevel } from '../../ports.ts';

export type LogFormat = 'json' | 'pretty';

interface LineParts {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** Spells a line, without its newline. Fields must be JSON values; undefined ones are left out. */
export type LineFormatter = (parts: LineParts) => string;

export function lineFormatter(format: LogFormat, colours: boolean): LineFormatter {
  return format === 'json' ? jsonLine : (parts) => prettyLine(parts, colours);
}

function jsonLine({ atMs, level, message, fields }: LineParts): string {
  // Put together from two objects as text: to copy the fields into one costs more than to spell them.
  const head = `{"time":"${isoTime(atMs)}","level":"${level}","message":${JSON.stringify(message)}`;
  const rest = JSON.stringify(fields);
  return rest === '{}' ? `${head}}` : `${head},${rest.slice(1)}`;
}

let second = Number.NaN;
let secondText = '';

/** As `Date.toISOString`, of which all but the milliseconds is kept for the lines of one second. */
function isoTime(atMs: number): string {
  const milliseconds = atMs % 1000;
  if (atMs - milliseconds !== second) {
    second = atMs - milliseconds;
    secondText = new Date(second).toISOString().slice(0, -4);
  }
  return `${secondText}${String(milliseconds).padStart(3, '0')}Z`;
}

const colourOf: Readonly<Record<LogLevel, number>> = { error: 31, warn: 33, info: 32, debug: 90 };

function prettyLine({ atMs, level, message, fields }: LineParts, colours: boolean): string {
  const time = new Date(atMs).toISOString().slice(11, 23);
  const name = level.toUpperCase().padEnd(5);
  let line = `${time} ${colours ? `\u001b[${colourOf[level]}m${name}\u001b[0m` : name} ${message}`;
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) line += ` ${key}=${prettyValue(value)}`;
  }
  return line;
}

const plainText = /^[\w.:/@+-]+$/;
// What JSON leaves as it is and a terminal may obey.
const terminalControls = /[\u007f-\u009f\u2028\u2029]/g;

function prettyValue(value: unknown): string {
  if (typeof value === 'string' && plainText.test(value)) return value;
  return JSON.stringify(value).replace(
    terminalControls,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
