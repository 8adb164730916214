// Prepares redis-server for the tests of the shared cache: Debian's packages unpacked into the cache.
import { chmod, cp, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cacheFolder, isProgram, prepareOnce } from '../../../dataplane/local/tools/cache.ts';
import {
  run,
  thisMachine,
  type Machine,
  type Report,
} from '../../../dataplane/local/tools/machine.ts';
import { unpackDebianPackages } from './debian.ts';

const variable = 'REDIS_SERVER_BIN';
const program = 'redis-server';
const folder = 'redis';
const bringYourOwn = `install redis-server 7 or newer (Debian: apt-get install redis-server), or name one in ${variable}`;

/** The server, and the libraries of it that a system need not have. */
const packages = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1'];

/** Where the program is: its variable, else the PATH, else the cache; undefined: nowhere. */
export async function findRedisServer(machine: Machine = thisMachine): Promise<string | undefined> {
  const own = machine.env[variable];
  if (own !== undefined && own !== '') return own;
  const folders = (machine.env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '');
  for (const place of [...folders, join(cacheFolder(machine), folder)]) {
    const path = join(place, program);
    if (await isProgram(path)) return path;
  }
  return undefined;
}

/**
 * Resolves with the program's path, prepared if it is missing. Rejects with one sentence that says
 * what to install or which variable to set.
 */
export async function ensureRedisServer(
  report: Report,
  machine: Machine = thisMachine,
): Promise<string> {
  const present = await findRedisServer(machine);
  if (present !== undefined) return present;
  const cache = cacheFolder(machine);
  await prepareOnce({
    cache,
    name: folder,
    programs: [program],
    report,
    prepare: async (work, result) => {
      report(`Preparing redis-server (once; it stays in ${cache}).`);
      const root = await unpackDebianPackages({ machine, report, work, packages });
      if (root === undefined || !(await assemble(machine, root, result))) {
        throw new Error(`There is no Debian package of redis-server; ${bringYourOwn}.`);
      }
      const { size } = await stat(join(result, 'bin', program));
      report(`redis-server is ready: ${(size / 1e6).toFixed(1)} MB.`);
    },
  });
  return join(cache, folder, program);
}

/** The program, its libraries, and a script that lets the one find the others. */
async function assemble(machine: Machine, root: string, result: string): Promise<boolean> {
  const libraries = join(result, 'lib');
  await mkdir(libraries);
  await mkdir(join(result, 'bin'));
  await cp(join(root, 'usr', 'bin', program), join(result, 'bin', program), { dereference: true });
  const places = ['usr/lib', 'lib'].map((place) => join(root, place));
  for (const place of places) await collectLibraries(place, libraries);
  const script = [
    '#!/bin/sh',
    'here=$(dirname "$(readlink -f "$0")")',
    'LD_LIBRARY_PATH="$here/lib" exec "$here/bin/redis-server" "$@"',
    '',
  ].join('\n');
  await writeFile(join(result, program), script);
  await chmod(join(result, program), 0o755);
  return (await run(machine, join(result, program), ['--version'])).code === 0;
}

async function collectLibraries(place: string, target: string): Promise<void> {
  const entries = await readdir(place, { recursive: true }).catch((): string[] => []);
  for (const entry of entries) {
    const name = entry.split('/').at(-1) ?? '';
    if (!/\.so(?:\.|$)/.test(name)) continue;
    await cp(join(place, entry), join(target, name), { dereference: true });
  }
}
