// What every store of answers promises, and each adapter is held to: one suite for all of them.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { hashUser, partitionOf, type Partition } from '../../dataplane/domain/cache/key.ts';
import type { AnswerStore, Clock, Neighbour, StoredAnswer } from '../../dataplane/ports.ts';

export interface StoreFixture {
  /** An empty store that tells the time by the clock. */
  open(clock: Clock): Promise<AnswerStore>;
  /** What stands behind the stores of one suite. */
  readonly start?: () => Promise<void>;
  readonly stop?: () => Promise<void>;
}

export function partition(user: string): Partition {
  return partitionOf({
    scope: { user: hashUser(user, 'key') },
    namespace: '',
    endpoint: 'chat.completions',
    decision: 'default',
    model: 'small',
    upstreamModel: 'small',
    requestedModel: 'auto',
    revision: '',
    conversation: '',
  });
}

/** A vector at an angle to the first axis, of length 1. */
export function vectorAt(degrees: number, dimensions = 384): Float32Array {
  const values = new Float32Array(dimensions);
  values[0] = Math.cos((degrees * Math.PI) / 180);
  values[dimensions - 1] = Math.sin((degrees * Math.PI) / 180);
  return values;
}

export function storedAnswer(overrides: Partial<StoredAnswer> = {}): StoredAnswer {
  return {
    exact: 'exact-1',
    canonical: 'canonical-1',
    prompt: 'How do I reset my “password”?',
    vector: { space: 'model-1', values: vectorAt(0) },
    model: 'small',
    usage: {
      promptTokens: 1,
      completionTokens: 2,
      totalTokens: 3,
      cachedPromptTokens: 0,
      reasoningTokens: 1,
    },
    answer: Buffer.from('{"message":{"content":"Größe ☃"}}'),
    storedAtMs: 1_000,
    expiresAtMs: 61_000,
    ...overrides,
  };
}

const alice = partition('alice');
const bob = partition('bob');
const exactly = (exact: string): { exact: string; canonical: undefined } => ({
  exact,
  canonical: undefined,
});

export function describeAnswerStore(name: string, fixture: StoreFixture): void {
  describe(name, () => {
    let store: AnswerStore;
    let now = 1_000;
    const clock: Clock = { now: () => now, monotonic: () => now };

    const nearest = async (
      of: Partition,
      degrees: number,
      more: { readonly limit?: number; readonly space?: string; readonly dimensions?: number } = {},
    ): Promise<readonly Neighbour[]> => {
      const { limit = 8, space = 'model-1', dimensions = 384 } = more;
      const values = vectorAt(degrees, dimensions);
      const found = await store.nearest(of, { vector: { space, values }, atLeast: 0.9, limit });
      if ('unavailable' in found) throw new Error(`the store is ${found.unavailable}`);
      return found;
    };

    beforeAll(async () => {
      await fixture.start?.();
    });
    afterAll(async () => {
      await fixture.stop?.();
    });
    beforeEach(async () => {
      now = 1_000;
      store = await fixture.open(clock);
    });
    afterEach(() => store.close());

    test('gives back what it was given, by both names', async () => {
      const stored = storedAnswer();
      expect(await store.put(alice, stored)).toBeUndefined();
      expect(await store.find(alice, stored)).toEqual({ match: 'exact', stored });
      expect(await store.find(alice, { exact: 'other', canonical: 'canonical-1' })).toEqual({
        match: 'canonical',
        stored,
      });
      expect(await store.find(alice, { exact: 'other', canonical: 'other' })).toBeUndefined();
      expect(await store.find(alice, exactly('other'))).toBeUndefined();
    });

    test('gives back what has neither prompt nor vector nor usage nor an end', async () => {
      const stored = storedAnswer({
        canonical: undefined,
        prompt: undefined,
        vector: undefined,
        usage: undefined,
        expiresAtMs: undefined,
      });
      await store.put(alice, stored);
      now = 4e12;
      expect(await store.find(alice, exactly('exact-1'))).toEqual({ match: 'exact', stored });
      expect(await nearest(alice, 0)).toEqual([]);
    });

    test('nothing crosses partitions', async () => {
      await store.put(alice, storedAnswer());
      expect(await store.find(bob, storedAnswer())).toBeUndefined();
      expect(await nearest(bob, 0)).toEqual([]);
      await store.put(bob, storedAnswer({ model: 'big' }));
      expect(await store.find(alice, storedAnswer())).toMatchObject({ stored: { model: 'small' } });
      expect(await store.find(bob, storedAnswer())).toMatchObject({ stored: { model: 'big' } });
    });

    test('a new answer takes the place of the old one', async () => {
      await store.put(alice, storedAnswer());
      const newer = storedAnswer({
        model: 'big',
        vector: { space: 'model-1', values: vectorAt(10) },
      });
      await store.put(alice, newer);
      expect(await store.find(alice, exactly('exact-1'))).toEqual({
        match: 'exact',
        stored: newer,
      });
      expect(await nearest(alice, 10)).toHaveLength(1);
    });

    test('of those that read alike the latest is found', async () => {
      await store.put(alice, storedAnswer());
      await store.put(alice, storedAnswer({ exact: 'exact-2', model: 'big', storedAtMs: 2_000 }));
      expect(await store.find(alice, { exact: 'x', canonical: 'canonical-1' })).toMatchObject({
        stored: { exact: 'exact-2', model: 'big' },
      });
      expect(await store.find(alice, exactly('exact-1'))).toMatchObject({ match: 'exact' });
    });

    test('the nearest come first, and only so many of those near enough', async () => {
      const angles = [24, 5, 60, 10, 3];
      for (const [index, angle] of angles.entries()) {
        await store.put(
          alice,
          storedAnswer({
            exact: `at-${angle}`,
            canonical: `c-${index}`,
            vector: { space: 'model-1', values: vectorAt(angle) },
          }),
        );
      }
      const found = await nearest(alice, 0);
      expect(found.map(({ stored }) => stored.exact)).toEqual(['at-3', 'at-5', 'at-10', 'at-24']);
      for (const [index, degrees] of [3, 5, 10, 24].entries()) {
        const cosine = Math.cos((degrees * Math.PI) / 180);
        expect(found[index]?.similarity).toBeCloseTo(cosine, 4);
      }
      expect(found[0]?.stored).toMatchObject({ prompt: storedAnswer().prompt, model: 'small' });
      expect(await nearest(alice, 0, { limit: 1 })).toHaveLength(1);
      expect(await nearest(alice, 120)).toEqual([]);
    });

    test('vectors of other models or lengths are never compared', async () => {
      await store.put(alice, storedAnswer());
      expect(await nearest(alice, 0, { space: 'model-2' })).toEqual([]);
      expect(await nearest(alice, 0, { dimensions: 128 })).toEqual([]);
      const short = { space: 'model-1', values: vectorAt(0, 128) };
      await store.put(alice, storedAnswer({ exact: 'short', canonical: 's', vector: short }));
      const found = await nearest(alice, 0, { dimensions: 128 });
      expect(found.every(({ stored }) => stored.exact === 'short')).toBe(true);
    });

    test('what has expired is gone in every way', async () => {
      await store.put(alice, storedAnswer());
      now = 60_999;
      expect(await store.find(alice, exactly('exact-1'))).toMatchObject({ match: 'exact' });
      now = 61_000;
      expect(await store.find(alice, exactly('exact-1'))).toBeUndefined();
      expect(await store.find(alice, { exact: 'x', canonical: 'canonical-1' })).toBeUndefined();
      expect(await nearest(alice, 0)).toEqual([]);
    });

    test('many puts and searches at once do not disturb each other', async () => {
      const names = Array.from({ length: 40 }, (_, index) => `exact-${index}`);
      await Promise.all(
        names.map(async (exact, index) =>
          store.put(
            index % 2 === 0 ? alice : bob,
            storedAnswer({ exact, canonical: undefined, model: exact }),
          ),
        ),
      );
      const found = await Promise.all(
        names.map(async (exact) => store.find(alice, exactly(exact))),
      );
      expect(found.map((hit) => hit !== undefined)).toEqual(
        names.map((_, index) => index % 2 === 0),
      );
      expect(await nearest(alice, 0, { limit: 40 })).toHaveLength(20);
    });

    test('tells how it does', async () => {
      await store.put(alice, storedAnswer());
      expect(store.stats()).toMatchObject({ state: 'ok', problem: undefined });
    });

    test('after it was closed everything is unavailable, and nothing throws', async () => {
      await store.close();
      await store.close();
      expect(await store.find(alice, exactly('exact-1'))).toMatchObject({ unavailable: 'failed' });
      expect(await store.put(alice, storedAnswer())).toMatchObject({ unavailable: 'failed' });
    });
  });
}
