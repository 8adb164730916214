// The world of a command that runs once, in memory: files by name, and what it wrote.
import type { CommandIo } from '../../dataplane/commands/io.ts';

export interface MemoryIo {
  readonly io: CommandIo;
  readonly written: () => { readonly out: string; readonly err: string };
}

/** `-` among the files is standard input. */
export function memoryIo(files: Readonly<Record<string, string>>): MemoryIo {
  let out = '';
  let err = '';
  const contentOf = (path: string): Promise<Uint8Array> => {
    const content = files[path];
    return content === undefined
      ? Promise.reject(Object.assign(new Error(`no file ${path}`), { code: 'ENOENT' }))
      : Promise.resolve(Buffer.from(content));
  };
  return {
    io: {
      stdout: (text) => {
        out += text;
      },
      stderr: (text) => {
        err += text;
      },
      readFile: contentOf,
      readPieces: async function* (path) {
        yield await contentOf(path);
      },
      isFile: (path) => Promise.resolve(path !== '-' && path in files),
    },
    written: () => ({ out, err }),
  };
}
