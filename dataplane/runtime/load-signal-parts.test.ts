import { expect, test } from '@jest/globals';
import { testConfig } from '../../test/kit/exchange.ts';
import type { CandidateStore } from './candidate-store.ts';
import { loadSignalParts } from './load-signal-parts.ts';

const base = {
  language_rules: [{ name: 'de' }],
  embedding_rules: [
    { name: 'one', threshold: 0.5, candidates: ['a', 'b'] },
    { name: 'other', threshold: 0.5, candidates: ['z'] },
  ],
  complexity_rules: [
    { name: 'effort', hard: { candidates: ['b', 'c'] }, easy: { candidates: ['d'] } },
    { name: 'wording' },
  ],
};

const configFor = (...conditions: object[]) =>
  testConfig({
    ...base,
    decisions: [
      { name: 'd', rules: { operator: 'AND', conditions }, modelRefs: [{ model: 'small' }] },
    ],
  });

/** Keeps which texts were asked for. */
function fakeStore() {
  const prepared: (readonly string[])[] = [];
  const store: CandidateStore = {
    async prepare(texts) {
      prepared.push(texts);
      return Promise.resolve(new Map<string, Float32Array>());
    },
  };
  return { prepared, store };
}

test('nothing is loaded that no decision refers to', async () => {
  const { prepared, store } = fakeStore();
  const parts = await loadSignalParts(configFor({ type: 'keyword', name: 'math' }), store);
  expect(parts).toEqual({ languages: undefined, candidates: undefined });
  expect(prepared).toEqual([]);
});

test('examples of the rules that a decision refers to are embedded, each once', async () => {
  const { prepared, store } = fakeStore();
  const config = configFor(
    { type: 'embedding', name: 'one' },
    { type: 'complexity', name: 'effort:hard' },
  );
  const parts = await loadSignalParts(config, store);
  expect(prepared).toEqual([['a', 'b', 'c', 'd']]);
  expect(parts.candidates).toBeDefined();
});

test('the language detector is loaded for a condition about languages', async () => {
  const config = configFor({ type: 'language', name: 'de' });
  const { languages } = await loadSignalParts(config, undefined);
  expect(languages?.scores('Das ist ein deutscher Satz').get('de')).toBeGreaterThan(0);
});
