// What the file ledger asks of a file system, synchronous for `durability: sync`, where an append
// returns when the record is safe, and asynchronous elsewhere, where a slow or hung disk must not
// hold up requests. The ledger's logic is written once for both.
import * as fs from 'node:fs';
import { promisify } from 'node:util';
import type { MaybePromise } from '../../domain/http.ts';

export interface LedgerFiles {
  /** Makes the directory and its parents where they are missing. */
  makeDirectory(path: string): MaybePromise<void>;
  /** Names and sizes of the files in a directory. */
  list(path: string): MaybePromise<readonly { readonly name: string; readonly bytes: number }[]>;
  /** The last `bytes` bytes of a file, or all when it is shorter. */
  readEnd(path: string, bytes: number): MaybePromise<Buffer>;
  remove(path: string): MaybePromise<void>;
  /** Makes a new file for writing; fails when it exists. */
  create(path: string): MaybePromise<number>;
  /** Writes at `position` and returns how many bytes were written, which may be fewer than given. */
  write(file: number, bytes: Buffer, position: number): MaybePromise<number>;
  truncate(file: number, length: number): MaybePromise<void>;
  /** Returns when the file's bytes are on disk. */
  sync(file: number): MaybePromise<void>;
  /** Returns when the names in a directory are on disk. */
  syncDirectory(path: string): MaybePromise<void>;
  /** How many names the file has: 0 when it was removed while it was open. */
  links(file: number): MaybePromise<number>;
  close(file: number): MaybePromise<void>;
}

export const syncFiles: LedgerFiles = {
  makeDirectory: (path) => {
    fs.mkdirSync(path, { recursive: true });
  },
  list: (path) =>
    fs
      .readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => ({ name, bytes: fs.statSync(`${path}/${name}`).size })),
  readEnd: (path, bytes) => {
    const file = fs.openSync(path, 'r');
    try {
      const { size } = fs.fstatSync(file);
      const end = Buffer.alloc(Math.min(size, bytes));
      fs.readSync(file, end, 0, end.length, size - end.length);
      return end;
    } finally {
      fs.closeSync(file);
    }
  },
  remove: fs.unlinkSync,
  create: (path) => fs.openSync(path, 'wx', 0o640),
  write: (file, bytes, position) => fs.writeSync(file, bytes, 0, bytes.length, position),
  truncate: fs.ftruncateSync,
  sync: fs.fdatasyncSync,
  syncDirectory: (path) => {
    const directory = fs.openSync(path, 'r');
    try {
      fs.fsyncSync(directory);
    } finally {
      fs.closeSync(directory);
    }
  },
  links: (file) => fs.fstatSync(file).nlink,
  close: fs.closeSync,
};

const open = promisify(fs.open);
const close = promisify(fs.close);
const fsync = promisify(fs.fsync);

export const asyncFiles: LedgerFiles = {
  makeDirectory: async (path) => {
    await fs.promises.mkdir(path, { recursive: true });
  },
  list: async (path) => {
    const entries = await fs.promises.readdir(path, { withFileTypes: true });
    return Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map(async ({ name }) => ({
          name,
          bytes: (await fs.promises.stat(`${path}/${name}`)).size,
        })),
    );
  },
  readEnd: async (path, bytes) => {
    const file = await fs.promises.open(path, 'r');
    try {
      const { size } = await file.stat();
      const end = Buffer.alloc(Math.min(size, bytes));
      await file.read(end, 0, end.length, size - end.length);
      return end;
    } finally {
      await file.close();
    }
  },
  remove: fs.promises.unlink,
  create: (path) => open(path, 'wx', 0o640),
  write: async (file, bytes, position) =>
    (await promisify(fs.write)(file, bytes, 0, bytes.length, position)).bytesWritten,
  truncate: promisify(fs.ftruncate),
  sync: promisify(fs.fdatasync),
  syncDirectory: async (path) => {
    const directory = await open(path, 'r');
    try {
      await fsync(directory);
    } finally {
      await close(directory);
    }
  },
  links: async (file) => (await promisify(fs.fstat)(file)).nlink,
  close,
};
