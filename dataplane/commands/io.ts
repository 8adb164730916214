// What a command that runs once touches of the world: two outputs and files. Tests bring their own.
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';

export interface CommandIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** The bytes of a file; `-` is standard input. Rejects when it cannot be read. */
  readonly readFile: (path: string) => Promise<Uint8Array>;
  /** The same piece by piece; fails when it cannot be read. */
  readonly readPieces: (path: string) => AsyncIterable<Uint8Array>;
  /** Whether a path can be read a second time; a pipe cannot, nor what is not there. */
  readonly isFile: (path: string) => Promise<boolean>;
}

export const processIo: CommandIo = {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  readFile: (path) => (path === '-' ? buffer(process.stdin) : readFile(path)),
  readPieces: (path) => (path === '-' ? process.stdin : createReadStream(path)),
  isFile: async (path) => {
    if (path === '-') return false;
    const found = await stat(path).catch(() => undefined);
    return found?.isFile() === true;
  },
};

/** Exit codes: all is well; the input is not; the command was called wrongly. */
export const exitCodes = { ok: 0, problems: 1, usage: 2 } as const;

/** What a path is called in messages. */
export function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** Why a file could not be read, in words. */
export function readFailure(path: string, error: unknown): string {
  const name = nameOf(path);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
      return `${name}: there is no such file.`;
    case 'EISDIR':
      return `${name}: is a directory.`;
    case 'EACCES':
      return `${name}: may not be read.`;
    default:
      return `${name}: cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
