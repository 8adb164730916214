import { describe, expect, test } from '@jest/globals';
import { domainLabels } from '../../config/domain-labels.ts';
import { readCorpus, thinOut } from './domain-texts.ts';

describe('texts of the program', () => {
  test('every label has texts, and a bare term counts less than a sentence', async () => {
    const { digest, texts } = await readCorpus();
    expect([...new Set(texts.map(({ label }) => label))]).toEqual([...domainLabels]);
    for (const { register, weight } of texts) expect(weight).toBe(register === 'terms' ? 0.5 : 1);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect((await readCorpus()).digest).toBe(digest);
  });
});

test('too many rows are thinned out evenly', () => {
  const rows = Array.from({ length: 100 }, (_, row) => row);
  expect(thinOut(rows, 200)).toBe(rows);
  expect(thinOut(rows, 4)).toEqual([0, 25, 50, 75]);
  expect(thinOut(rows, 0)).toEqual([]);
});
