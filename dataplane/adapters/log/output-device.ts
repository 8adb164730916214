// Where log lines end up: a file descriptor, written in a way that never makes the process wait.
import * as fs from 'node:fs';

/** Writes bytes somewhere; `done` gets how many were written, which may be fewer than given. */
export interface OutputDevice {
  write(bytes: Buffer, done: (error: NodeJS.ErrnoException | null, written: number) => void): void;
  writeSync(bytes: Buffer): number;
}

/**
 * Standard output, and whether a person reads along. Node makes a pipe or a socket non-blocking when
 * it first looks at `process.stdout`, which happens here: a reader that stops reading then costs an
 * EAGAIN, instead of a thread that hangs in a write and keeps the process from ending.
 */
export function standardOutput(): { readonly device: OutputDevice; readonly isTerminal: boolean } {
  // Undefined, whatever the declarations say, where it is no terminal.
  const { isTTY } = process.stdout as { readonly isTTY?: boolean };
  return {
    isTerminal: isTTY === true,
    device: {
      write: (bytes, done) => {
        fs.write(1, bytes, done);
      },
      writeSync: (bytes) => fs.writeSync(1, bytes),
    },
  };
}
