import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { labelFiles } from './labels.ts';
import { manifestSchema } from './manifest.ts';

const read = (): Promise<string> =>
  readFile(new URL('../../../../docs/models.md', import.meta.url), 'utf8');

test('docs/models.md explains every key of router-model.json, and no other', async () => {
  const text = await read();
  const table = text.slice(text.indexOf('Every key is optional.'));
  const told = Array.from(table.matchAll(/^\| `(\w+)` +\|/gm), ([, key]) => key);
  expect(told).toEqual(Object.keys(manifestSchema.shape));
});

test('its example is one', async () => {
  const [, example = ''] = /```json\n([^`]*)```/.exec(await read()) ?? [];
  expect(manifestSchema.parse(JSON.parse(example)).task).toBe('sequence-classification');
});

test('it names every file that labels may come from', async () => {
  const text = await read();
  expect(labelFiles.filter((file) => !text.includes(`\`${file}\``))).toEqual([]);
});
