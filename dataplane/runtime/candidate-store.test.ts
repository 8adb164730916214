import { expect, test } from '@jest/globals';
import type { Embedder, Embedding } from '../ports.ts';
import type { Unavailable } from '../domain/unavailable.ts';
import { createCandidateStore } from './candidate-store.ts';

function vectorOf(text: string): Float32Array {
  return Float32Array.of(text.length);
}

/** A model that fails for some texts, and a clock that stands. */
function fixture() {
  const embedded: string[] = [];
  const failing = new Set<string>();
  let atOnce = 0;
  const seen = { most: 0, now: 0 };
  const embedder: Embedder = {
    id: 'fake',
    dimensions: 1,
    async embed(text): Promise<Embedding | Unavailable> {
      embedded.push(text);
      atOnce++;
      seen.most = Math.max(seen.most, atOnce);
      await Promise.resolve();
      atOnce--;
      return failing.has(text)
        ? { unavailable: 'failed' }
        : { vector: vectorOf(text), tokens: 1, unknownTokens: 0, truncated: false };
    },
  };
  const clock = { now: () => 0, monotonic: () => seen.now };
  return { embedded, failing, seen, store: createCandidateStore(embedder, clock) };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

test('each text has its vector, and few are with the model at one time', async () => {
  const { store, seen } = fixture();
  const texts = Array.from({ length: 50 }, (_, index) => 'x'.repeat(index + 1));
  const candidates = await store.prepare(texts);
  expect(texts.map((text) => candidates.get(text))).toEqual(texts.map(vectorOf));
  expect(candidates.get('never asked for')).toBeUndefined();
  expect(seen.most).toBeLessThanOrEqual(4);
});

test('what the configuration before had is not made again', async () => {
  const { store, embedded } = fixture();
  const before = await store.prepare(['a', 'bb']);
  const after = await store.prepare(['bb', 'ccc']);
  expect(embedded).toEqual(['a', 'bb', 'ccc']);
  expect(after.get('bb')).toEqual(vectorOf('bb'));
  expect(after.get('a')).toBeUndefined();
  // Requests under way still have theirs.
  expect(before.get('a')).toEqual(vectorOf('a'));
});

test('what failed is tried again when somebody asks, not too often', async () => {
  const { store, embedded, failing, seen } = fixture();
  failing.add('bb');
  const candidates = await store.prepare(['a', 'bb']);
  expect(candidates.get('bb')).toBeUndefined();
  failing.clear();
  candidates.get('bb');
  await settled();
  expect(embedded).toEqual(['a', 'bb']);

  seen.now = 30_000;
  candidates.get('bb');
  candidates.get('bb');
  await settled();
  expect(embedded).toEqual(['a', 'bb', 'bb']);
  expect(candidates.get('bb')).toEqual(vectorOf('bb'));
});
