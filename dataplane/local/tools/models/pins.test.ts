import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { manifestSchema } from '../../../adapters/models/directory/manifest.ts';
import { modelsDataUrl } from '../../../adapters/models/data-files.ts';
import { readPins, readRequirements } from './pins.ts';

test('each model has its packages, weights, tokenizer, licence and notice', async () => {
  const pins = await readPins();
  expect(pins.map(({ name }) => name)).toEqual(['minilm', 'rampart']);
  for (const { packages, files, own } of pins) {
    const names = packages.map(({ name }) => name);
    expect(files.every((file) => names.includes(file.package))).toBe(true);
    const all = [...files.map(({ to }) => to), ...own.keys()];
    expect(new Set(all).size).toBe(all.length);
    expect(all).toEqual(
      expect.arrayContaining(['tokenizer.json', 'LICENSE', 'NOTICE', 'router-model.json']),
    );
    for (const { sha256 } of [...files, ...packages]) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  }
});

test('what the router checks before it loads a model are the digests of what is fetched', async () => {
  for (const { files, own } of await readPins()) {
    const manifest = manifestSchema.parse(JSON.parse(own.get('router-model.json') ?? ''));
    expect(Object.keys(manifest.sha256 ?? {})).toContain('tokenizer.json');
    expect(manifest.golden?.length).toBeGreaterThanOrEqual(3);
    for (const [file, sha256] of Object.entries(manifest.sha256 ?? {})) {
      expect([file, files.find(({ to }) => to === file)?.sha256]).toEqual([file, sha256]);
    }
  }
});

test('no package is pinned without being used', async () => {
  const text = await readFile(modelsDataUrl('requirements.txt'), 'utf8');
  const used = (await readPins()).flatMap(({ packages }) => packages.map(({ name }) => name));
  expect(readRequirements(text).map(({ name }) => name)).toEqual(used);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines).toHaveLength(used.length);
});
