// Puts files into a folder as the kubelet does: all at once, by swapping the link `..data`, so that a
// reader sees the old set or the new one. Nothing is touched when nothing changed.
import {
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface FileContent {
  readonly data: Buffer;
  readonly mode: number;
}

/** By path in the folder; a path may have folders of its own. */
export type Files = ReadonlyMap<string, FileContent>;

let counter = 0;

/** Makes the folder hold exactly these files; false when it already did. */
export async function writeAtomically(folder: string, files: Files): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  const dataLink = join(folder, '..data');
  const old = await readlink(dataLink).catch(() => undefined);
  if (old !== undefined && (await holdsExactly(join(folder, old), files))) return false;
  const time = new Date().toISOString().replace(/\D/g, '_');
  const name = `..${time}.${process.pid}${counter++}`;
  await mkdir(join(folder, name));
  for (const [path, { data, mode }] of files) {
    await mkdir(dirname(join(folder, name, path)), { recursive: true });
    await writeFile(join(folder, name, path), data, { mode });
  }
  const temporary = join(folder, '..data_tmp');
  await rm(temporary, { force: true });
  await symlink(name, temporary);
  await rename(temporary, dataLink);
  await linkVisibleNames(folder, new Set([...files.keys()].map(firstPart)));
  if (old !== undefined) await rm(join(folder, old), { recursive: true, force: true });
  return true;
}

async function linkVisibleNames(folder: string, names: ReadonlySet<string>): Promise<void> {
  const present = (await readdir(folder)).filter((entry) => !entry.startsWith('..'));
  for (const name of names) {
    if (!present.includes(name)) await symlink(join('..data', name), join(folder, name));
  }
  for (const name of present) {
    if (!names.has(name)) await rm(join(folder, name), { force: true });
  }
}

async function holdsExactly(folder: string, files: Files): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  if (entries.filter((entry) => entry.isFile()).length !== files.size) return false;
  for (const [path, { data }] of files) {
    const present = await readFile(join(folder, path)).catch(() => undefined);
    if (present === undefined || !present.equals(data)) return false;
  }
  return true;
}

function firstPart(path: string): string {
  return path.split('/')[0] ?? '';
}
