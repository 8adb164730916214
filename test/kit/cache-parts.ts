// The semantic cache for tests of the pipeline: a real store in memory, telemetry that is kept, an
// encoder whose vectors a test chooses.
import { MemoryStore } from '../../dataplane/adapters/cache/memory/memory-store.ts';
import { Flights } from '../../dataplane/domain/cache/flights.ts';
import { hashUser } from '../../dataplane/domain/cache/key.ts';
import type { AnswerStore, Embedder, Embedding, SemanticCache } from '../../dataplane/ports.ts';

export interface CacheParts {
  readonly cache: SemanticCache;
  /** What was observed, in order, each as words. */
  readonly observed: string[];
  /** Lets all waits run out. */
  runOut(): void;
}

export interface CachePartsOptions {
  readonly store?: AnswerStore;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly random?: () => number;
}

export function cacheParts(options: CachePartsOptions = {}): CacheParts {
  const observed: string[] = [];
  const timers = new Set<() => void>();
  const now = options.now ?? ((): number => 1_700_000_000_000);
  const limits = { maxEntries: 100, maxBytes: 1e8, eviction: 'lru' } as const;
  const note = (...words: readonly string[]): void => {
    observed.push(words.join(' '));
  };
  return {
    observed,
    runOut: () => {
      for (const call of [...timers]) call();
    },
    cache: {
      store: options.store ?? new MemoryStore(limits, { now, monotonic: now }),
      flights: new Flights((_milliseconds, call) => {
        timers.add(call);
        return () => timers.delete(call);
      }),
      hashUser: (user) => hashUser(user, 'test key'),
      random: options.random ?? ((): number => 0),
      telemetry: {
        lookup: (result) => {
          note(result);
        },
        bypass: (reason) => {
          note('bypass', reason);
        },
        similarSkip: (reason) => {
          note('skip', reason);
        },
        storeProblem: (operation, problem) => {
          note('problem', operation, problem);
        },
        answer: (result) => {
          note('answer', result);
        },
        shadow: (match, likeness) => {
          note('shadow', match, likeness);
        },
        eviction: () => {
          note('eviction');
        },
      },
    },
  };
}

/** An encoder that has a vector for each text that it knows, and one of its own for any other. */
export function fixedEmbedder(
  vectors: Readonly<Record<string, Partial<Embedding> & { readonly degrees?: number }>>,
): Embedder & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    id: 'fixed',
    dimensions: 16,
    embed: (text) => {
      asked.push(text);
      const { degrees = 90, ...more } = vectors[text] ?? {};
      const vector = new Float32Array(16);
      vector[0] = Math.cos((degrees * Math.PI) / 180);
      vector[1] = Math.sin((degrees * Math.PI) / 180);
      return Promise.resolve({ vector, tokens: 8, unknownTokens: 0, truncated: false, ...more });
    },
  };
}
