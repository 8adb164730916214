// Tells whether the files of a model directory are those of before, without reading them.
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Differs when a file was added, removed or replaced. Never rejects. */
export async function directoryState(directory: string): Promise<string> {
  try {
    const path = await realpath(directory);
    const files = await readdir(path, { recursive: true });
    const lines = await Promise.all(
      files.toSorted().map(async (file) => {
        const { size, mtimeMs, ino } = await stat(join(path, file));
        return `${file} ${size} ${mtimeMs} ${ino}`;
      }),
    );
    return [path, ...lines].join('\n');
  } catch (error) {
    return String(error);
  }
}
