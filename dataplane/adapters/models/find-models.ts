// Looks through a folder of model directories for models by what they can do.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from './directory/manifest.ts';
import { readModelDirectory } from './directory/model-directory.ts';
import { sentenceOf } from './sentence-of.ts';

export interface FoundModels {
  /** The directory for each task, the first by name where several fit. */
  readonly byTask: ReadonlyMap<Task, string>;
  /** Sentences about directories that are no models; each names its directory. */
  readonly problems: readonly string[];
}

/** Never rejects: a folder that is not there holds nothing. */
export async function findModels(folder: string): Promise<FoundModels> {
  const byTask = new Map<Task, string>();
  const problems: string[] = [];
  for (const name of await listDirectories(folder)) {
    const path = join(folder, name);
    try {
      const { task } = await readModelDirectory(path);
      if (!byTask.has(task)) byTask.set(task, path);
    } catch (error) {
      problems.push(sentenceOf(error));
    }
  }
  return { byTask, problems };
}

async function listDirectories(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    // Mounted volumes keep their versions in folders that begin with a dot.
    return entries
      .filter((entry) => !entry.isFile() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .toSorted();
  } catch {
    return [];
  }
}
