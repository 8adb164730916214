import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  describeAnswerStore,
  partition,
  storedAnswer,
  vectorAt,
} from '../../../../test/kit/answer-store-suite.ts';
import type { StoredAnswer } from '../../../ports.ts';
import { MemoryStore, type MemoryLimits } from './memory-store.ts';

const limits: MemoryLimits = { maxEntries: 1_000, maxBytes: 1e9, eviction: 'lru' };

describeAnswerStore('memory', {
  open: (clock) => Promise.resolve(new MemoryStore(limits, clock)),
});

const alice = partition('alice');
const exactly = (exact: string): Pick<StoredAnswer, 'exact' | 'canonical'> => ({
  exact,
  canonical: undefined,
});

function fixture(changes: Partial<MemoryLimits> = {}): {
  store: MemoryStore;
  seen: { evictions: number };
  put: (...names: string[]) => void;
  kept: (...names: string[]) => string;
  pass: (milliseconds: number) => void;
} {
  let now = 0;
  const seen = { evictions: 0 };
  const store = new MemoryStore(
    { ...limits, ...changes },
    { now: () => now, monotonic: () => now },
    () => {
      seen.evictions += 1;
    },
  );
  return {
    store,
    seen,
    put: (...names) => {
      for (const exact of names) {
        store.put(alice, storedAnswer({ exact, canonical: undefined, expiresAtMs: 100 }));
      }
    },
    kept: (...names) =>
      names.filter((name) => store.find(alice, exactly(name)) !== undefined).join(' '),
    pass: (milliseconds) => {
      now += milliseconds;
    },
  };
}

describe('bounds', () => {
  test('the longest unused makes room, and with it its vector', () => {
    const { store, seen, put, kept } = fixture({ maxEntries: 2 });
    put('a', 'b');
    store.find(alice, exactly('a'));
    put('c');
    expect(kept('a', 'b', 'c')).toBe('a c');
    expect(store.stats().entries).toBe(2);
    expect(seen.evictions).toBe(1);
    const vector = { space: 'model-1', values: vectorAt(0) };
    expect(store.nearest(alice, { vector, atLeast: 0.9, limit: 9 })).toHaveLength(2);
  });

  test('bytes are bounded too, and given back', () => {
    const { store, put } = fixture();
    put('a');
    const { bytes = 0 } = store.stats();
    expect(bytes).toBeGreaterThan(384 * 4);
    store.setLimits({ ...limits, maxBytes: 3 * bytes });
    put('b', 'c', 'd', 'e');
    expect(store.stats()).toMatchObject({ entries: 3, bytes: 3 * bytes });
    store.setLimits({ ...limits, maxBytes: bytes });
    expect(store.stats()).toMatchObject({ entries: 1, bytes });
  });

  test('what is larger than all room is not kept, and puts nothing out', () => {
    const { store, put, kept } = fixture({ maxBytes: 10_000 });
    put('a');
    store.put(alice, storedAnswer({ exact: 'large', answer: Buffer.alloc(20_000) }));
    expect(kept('a', 'large')).toBe('a');
  });

  test('another policy holds for what is there', () => {
    const { store, put, kept } = fixture({ eviction: 'fifo' });
    put('a', 'b', 'c');
    store.setLimits({ ...limits, eviction: 'lru', maxEntries: 3 });
    store.find(alice, exactly('a'));
    put('d');
    expect(kept('a', 'b', 'c', 'd')).toBe('a c d');
  });

  test('what has expired makes room without being asked for', () => {
    const { store, seen, put, pass } = fixture();
    put(...Array.from({ length: 50 }, (_, index) => `old-${index}`));
    pass(100);
    for (let index = 0; index < 50; index += 1) {
      store.put(alice, storedAnswer({ exact: `new-${index}`, expiresAtMs: undefined }));
    }
    expect(store.stats().entries).toBe(50);
    expect(seen.evictions).toBe(0);
  });
});

test('whatever comes and goes, a search finds exactly what is there', () => {
  const step = fc.record({
    name: fc.nat({ max: 12 }).map((number) => `n${number}`),
    degrees: fc.integer({ min: 0, max: 90 }),
    space: fc.constantFrom('model-1', 'model-2'),
    hasVector: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.integer({ min: 1, max: 8 }),
      (steps, most) => {
        const { store } = fixture({ maxEntries: most });
        const model = new Map<string, StoredAnswer>();
        for (const { name, degrees, space, hasVector } of steps) {
          const vector = hasVector ? { space, values: vectorAt(degrees, 8) } : undefined;
          const stored = storedAnswer({ exact: name, canonical: undefined, vector });
          store.put(alice, { ...stored, expiresAtMs: undefined });
          model.delete(name);
          model.set(name, stored);
          if (model.size > most) model.delete(model.keys().next().value ?? '');
        }
        for (const space of ['model-1', 'model-2']) {
          const found = store.nearest(alice, {
            vector: { space, values: vectorAt(0, 8) },
            atLeast: -1,
            limit: 100,
          });
          if ('unavailable' in found) throw new Error('closed');
          const expected = [...model.values()].filter(({ vector }) => vector?.space === space);
          expect(found.map(({ stored }) => stored.exact).sort()).toEqual(
            expected.map(({ exact }) => exact).sort(),
          );
          for (const { stored } of found) {
            expect(stored.vector).toEqual(model.get(stored.exact)?.vector);
          }
        }
      },
    ),
  );
});
