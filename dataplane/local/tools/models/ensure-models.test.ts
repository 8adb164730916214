import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipOf } from '../../../../test/kit/models/zip.ts';
import { ensureModels, modelsFolder } from './ensure-models.ts';
import type { PinnedModel } from './pins.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'srm-fetch-'));
  await mkdir(join(root, 'bin'));
  await mkdir(join(root, 'wheels'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const path = (...parts: readonly string[]): string => join(root, ...parts);
const digest = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex');

const weights = 'weights '.repeat(50);
const wheel = zipOf({
  'toy_model/model.onnx': weights,
  'toy_model/LICENSE': 'Apache',
  'evil.py': '',
});
const wheelName = 'toy_model-1.0.0-py3-none-any.whl';

function pin(change: Partial<PinnedModel> = {}): PinnedModel {
  return {
    name: 'toy',
    title: 'Toy',
    megabytes: 1,
    packages: [
      {
        name: 'toy-model',
        version: '1.0.0',
        sha256: digest(wheel),
        requirement: `toy-model==1.0.0 --hash=sha256:${digest(wheel)}`,
      },
    ],
    files: [
      fileOf('toy_model/model.onnx', 'model.onnx', weights),
      fileOf('toy_model/LICENSE', 'LICENSE', 'Apache'),
    ],
    own: new Map([
      ['router-model.json', '{"name":"toy-1"}'],
      ['NOTICE', 'made by others'],
    ]),
    ...change,
  };
}

function fileOf(inside: string, to: string, content: string): PinnedModel['files'][number] {
  return { package: 'toy-model', path: inside, to, sha256: digest(content) };
}

/** A python3 whose pip does what a few lines of shell say; `$DEST` is where wheels go. */
async function python(shell: string): Promise<void> {
  const script = `#!/bin/sh\nwhile [ "$1" != --dest ]; do shift; done\nDEST="$2"\n${shell}\n`;
  await writeFile(path('bin', 'python3'), script);
  await chmod(path('bin', 'python3'), 0o755);
}

async function ensure(
  options: { readonly from?: string; readonly pins?: readonly PinnedModel[] } = {},
): Promise<readonly string[]> {
  const lines: string[] = [];
  const env = { PATH: `${path('bin')}:/usr/bin:/bin`, MODELS_DIR: path('models') };
  const machine = { env, platform: 'linux', arch: 'x64' };
  const { from, pins = [pin()] } = options;
  const folder = await ensureModels((line) => lines.push(line), { from, machine, pins });
  expect(folder).toBe(path('models'));
  return lines;
}

async function refusal(options: Parameters<typeof ensure>[0] = {}): Promise<string> {
  const error: unknown = await ensure(options).catch((reason: unknown) => reason);
  if (!(error instanceof Error)) throw new Error('it was not refused');
  return error.message.replaceAll(root, '');
}

test('a model is fetched once, and only the files that are named are taken', async () => {
  await writeFile(path('wheels', wheelName), wheel);
  await python(`cp ${path('wheels')}/*.whl "$DEST"; echo called >> ${path('calls')}`);
  const lines = await ensure();
  expect(lines).toEqual([
    `Fetching the model Toy (about 1 MB, once; it stays in ${path('models')}).`,
    expect.stringMatching(/^Toy is ready in \S+\/models\/toy, after \d+\.\d s\.$/),
  ]);
  expect((await readdir(path('models', 'toy'))).toSorted()).toEqual([
    'LICENSE',
    'NOTICE',
    'model.onnx',
    'router-model.json',
  ]);
  expect(await readFile(path('models', 'toy', 'model.onnx'), 'utf8')).toBe(weights);
  expect(await ensure()).toEqual([]);
  expect(await readFile(path('calls'), 'utf8')).toBe('called\n');
  expect(await readdir(path('models'))).toEqual(['toy']);
});

test('another version takes the place of the one that is there', async () => {
  await writeFile(path('wheels', wheelName), wheel);
  const from = path('wheels');
  await ensure({ from });
  const own = new Map([['router-model.json', '{"name":"toy-1","maxTokens":8}']]);
  await ensure({ from, pins: [pin({ own })] });
  expect(await readFile(path('models', 'toy', 'router-model.json'), 'utf8')).toBe(
    own.get('router-model.json'),
  );
  expect(await readdir(path('models', 'toy'))).not.toContain('NOTICE');
});

test('what a killed run left is made good', async () => {
  await writeFile(path('wheels', wheelName), wheel);
  await ensure({ from: path('wheels') });
  await rm(path('models', 'toy', 'model.onnx'));
  await ensure({ from: path('wheels') });
  expect(await readFile(path('models', 'toy', 'model.onnx'), 'utf8')).toBe(weights);
});

test("somebody's own model of the same name is left alone", async () => {
  await mkdir(path('models', 'toy'), { recursive: true });
  await writeFile(path('models', 'toy', 'router-model.json'), '{"name": "mine"}');
  expect(await refusal({ from: path('wheels') })).toBe(
    '/models/toy holds another model; name another folder with --to or in MODELS_DIR.',
  );
  expect(await readdir(path('models', 'toy'))).toEqual(['router-model.json']);
});

test('model directories of another machine do as well', async () => {
  await mkdir(path('copied', 'toy'), { recursive: true });
  await writeFile(path('copied', 'toy', 'model.onnx'), weights);
  await writeFile(path('copied', 'toy', 'LICENSE'), 'Apache');
  await ensure({ from: path('copied') });
  expect(await readFile(path('models', 'toy', 'NOTICE'), 'utf8')).toBe('made by others');
});

const bring = 'put its wheels into a folder and name it with `npm run models -- --from FOLDER`.';

test.each([
  [
    'no pip',
    'echo "No module named pip"; exit 1',
    `and this python3 has none; install pip (Debian: python3-pip), or ${bring}`,
  ],
  [
    'no network',
    'echo "WARNING: x"; echo "ERROR: No route."; exit 1',
    `which failed (ERROR: No route); check the network, or ${bring}`,
  ],
  [
    'another package under the same name',
    'echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."; exit 1',
    `and what came is not what was asked for: its hash differs; tell whoever runs your package index, or ${bring}`,
  ],
])('with %s, a sentence says what to do', async (_, shell, sentence) => {
  await python(shell);
  expect(await refusal()).toBe(`The model Toy is fetched with Python's pip, ${sentence}`);
  expect(await readdir(path('models'))).toEqual([]);
});

test('a folder must have what is wanted of it', async () => {
  expect(await refusal({ from: path('wheels') })).toBe(
    '/wheels has neither a directory toy nor the wheels of toy-model 1.0.0.',
  );
  expect(await refusal({ from: path('nowhere') })).toBe('/nowhere is no folder that can be read.');
  await writeFile(path('wheels', 'other-1.0.0-py3-none-any.whl'), wheel);
  expect(await refusal({ from: path('wheels') })).toBe('There is no wheel of toy-model 1.0.0.');
  await writeFile(path('wheels', wheelName), 'another');
  expect(await refusal({ from: path('wheels') })).toBe(
    `/wheels/${wheelName} is not the package that is pinned: its sha256 differs.`,
  );
});

test('a file that differs from its digest is refused, in a wheel and in a folder', async () => {
  await writeFile(path('wheels', wheelName), wheel);
  const pins = [pin({ files: [fileOf('toy_model/model.onnx', 'model.onnx', 'others')] })];
  expect(await refusal({ from: path('wheels'), pins })).toBe(
    `/wheels/${wheelName} has another model.onnx than the one that is pinned: its sha256 differs.`,
  );
  await mkdir(path('copied', 'toy'), { recursive: true });
  expect(await refusal({ from: path('copied') })).toBe('/copied/toy has no file model.onnx.');
  expect(await readdir(path('models'))).toEqual([]);
});

test('models lie beside the tools unless a variable names another folder', () => {
  const env = { XDG_CACHE_HOME: '/cache' };
  expect(modelsFolder({ env })).toBe('/cache/semantic-router-maas/models');
  expect(modelsFolder({ env: { ...env, MODELS_DIR: '/models' } })).toBe('/models');
});
