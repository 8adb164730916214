// The folder outside the checkout where prepared tools stay, and preparing each of them once.
import {
  access,
  constants,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine, Report } from './machine.ts';

/** `$XDG_CACHE_HOME/semantic-router-maas`, by default in `~/.cache`. */
export function cacheFolder({ env }: Pick<Machine, 'env'>): string {
  const configured = env['XDG_CACHE_HOME'];
  const base =
    configured === undefined || configured === ''
      ? join(env['HOME'] ?? homedir(), '.cache')
      : configured;
  return join(base, 'semantic-router-maas');
}

export interface Preparation {
  readonly cache: string;
  /** Name of the tool's folder in the cache; with the version, so that another is another. */
  readonly name: string;
  /** Programs that the folder holds when it is complete. */
  readonly programs: readonly string[];
  /** Other files that it holds then. */
  readonly files?: readonly string[];
  /** What else must hold of a complete folder; asked only if all files are there. */
  readonly isSound?: (folder: string) => Promise<boolean>;
  readonly report: Report;
  /** Makes the programs in `result`, an empty folder; `work` is another, for what it needs. */
  readonly prepare: (work: string, result: string) => Promise<void>;
}

/**
 * Resolves with the tool's folder. Prepares it where a program is missing: beside its place and then
 * moved there whole, by one process at a time.
 */
export async function prepareOnce(preparation: Preparation): Promise<string> {
  const { cache, name, report, prepare } = preparation;
  const folder = join(cache, name);
  if (await isComplete(folder, preparation)) return folder;
  await mkdir(cache, { recursive: true });
  const unlock = await lock(join(cache, `.${name}.lock`), () => {
    report(`Another process is preparing ${name}; waiting for it.`);
  });
  try {
    if (await isComplete(folder, preparation)) return folder;
    await removeLeftovers(cache, name);
    const work = join(cache, `.${name}.${process.pid}.new`);
    const result = join(work, 'result');
    try {
      await mkdir(result, { recursive: true });
      await prepare(work, result);
      await rm(folder, { recursive: true, force: true });
      await rename(result, folder);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    return folder;
  } finally {
    await unlock();
  }
}

async function isComplete(
  folder: string,
  { programs, files = [], isSound }: Pick<Preparation, 'programs' | 'files' | 'isSound'>,
): Promise<boolean> {
  const present = await Promise.all([
    ...programs.map((program) => isProgram(join(folder, program))),
    ...files.map((file) => isFile(join(folder, file))),
  ]);
  return present.every(Boolean) && (await isSound?.(folder)) !== false;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Whether the file exists and may be run. */
export async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Work folders of processes that were killed. */
async function removeLeftovers(cache: string, name: string): Promise<void> {
  for (const entry of await readdir(cache)) {
    if (entry.startsWith(`.${name}.`) && entry.endsWith('.new')) {
      await rm(join(cache, entry), { recursive: true, force: true });
    }
  }
}

// The longest preparation is a build of some minutes; a process id that is older is somebody else's.
const lockExpiresMs = 3_600_000;

/** Takes the lock file, waiting for a living process that has it. */
async function lock(path: string, onWait: () => void): Promise<() => Promise<void>> {
  for (let waited = false; ;) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' });
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (await isAbandoned(path)) {
      await rm(path, { force: true });
      continue;
    }
    if (!waited) onWait();
    waited = true;
    await sleep(200);
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path);
    const pid = Number(await readFile(path, 'utf8'));
    // A lock file without a number is one that is being written.
    const age = Date.now() - mtimeMs;
    return age > lockExpiresMs || (pid > 0 ? !isAlive(pid) : age > 5000);
  } catch {
    return false; // released in the meantime
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
