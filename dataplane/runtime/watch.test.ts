import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchFile, type FileWatcher } from './watch.ts';

let folder: string;
let watcher: FileWatcher | undefined;
let seen: string[];
let errors: unknown[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'srm-watch-'));
  seen = [];
  errors = [];
});
afterEach(async () => {
  watcher?.close();
  await rm(folder, { recursive: true, force: true });
});

function watch(path: string, initial: string, pollMs = 60_000): void {
  watcher = watchFile({
    path,
    initial: Buffer.from(initial),
    settleMs: 5,
    pollMs,
    onChange: (bytes) => {
      seen.push(bytes.toString());
      return Promise.resolve();
    },
    onError: (error) => {
      errors.push(error);
    },
  });
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 4000;
  while (!holds() && Date.now() < deadline) await sleep(5);
  expect(holds()).toBe(true);
}

test('a swap of the ..data link, as Kubernetes updates a mounted ConfigMap', async () => {
  const version = async (name: string, text: string): Promise<void> => {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'config.yaml'), text);
    await symlink(name, join(folder, '..new'));
    await rename(join(folder, '..new'), join(folder, '..data'));
  };
  await version('..v1', 'one');
  await symlink('..data/config.yaml', join(folder, 'config.yaml'));
  watch(join(folder, 'config.yaml'), 'one');
  await version('..v2', 'two');
  await until(() => seen.includes('two'));
  expect(seen).toEqual(['two']);
});

test('content counts and not time: a touched file is no change', async () => {
  const path = join(folder, 'config.yaml');
  await writeFile(path, 'one');
  watch(path, 'one');
  await utimes(path, new Date(), new Date());
  await writeFile(join(folder, 'same'), 'one');
  await rename(join(folder, 'same'), path);
  await writeFile(join(folder, 'other.yaml'), 'noise');
  await sleep(50);
  expect(seen).toEqual([]);
  await writeFile(path, 'two');
  await until(() => seen.includes('two'));
});

test('a file that vanishes is told of once, and read again when it is back', async () => {
  const path = join(folder, 'config.yaml');
  await writeFile(path, 'one');
  watch(path, 'one', 20);
  await rm(path);
  await until(() => errors.length > 0);
  await sleep(100); // some polls more
  expect(errors).toHaveLength(1);
  await writeFile(path, 'back');
  await until(() => seen.includes('back'));
});
