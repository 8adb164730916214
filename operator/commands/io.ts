// What a command that runs once touches of the world: two outputs and files. Tests bring their own.
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';

export interface CommandIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** The bytes of a file; `-` is standard input. Rejects when it cannot be read. */
  readonly readFile: (path: string) => Promise<Uint8Array>;
}

export const processIo: CommandIo = {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  readFile: (path) => (path === '-' ? buffer(process.stdin) : readFile(path)),
};

/** Exit codes: all is well; the input is not; the command was called wrongly. */
export const exitCodes = { ok: 0, problems: 1, usage: 2 } as const;
