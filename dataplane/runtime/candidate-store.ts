// The vectors of the examples that a configuration names, made by the embedding model when it is
// loaded. Those of the configuration before are used again. What could not be made is tried again while
// the configuration is in force, not too often.
import type { CandidateVectors } from '../domain/signals/similarity.ts';
import { isUnavailable } from '../domain/unavailable.ts';
import type { Clock, Embedder } from '../ports.ts';

export interface CandidateStore {
  /** Resolves when each text was tried once. Never rejects. */
  prepare(texts: readonly string[]): Promise<CandidateVectors>;
}

/** Texts that are with the model at one time. */
const atOnce = 4;
/** Loading may take long; a request never waits for it. */
const deadlineMs = 30_000;
const retryAfterMs = 30_000;

/** `embedder` is the model that answers now: its id changes where another one takes its place. */
export function createCandidateStore(
  embedder: Pick<Embedder, 'id' | 'embed'>,
  clock: Clock,
): CandidateStore {
  let latest: ReadonlyMap<string, Float32Array> = new Map();
  let latestId = embedder.id;
  return {
    async prepare(texts) {
      if (embedder.id !== latestId) latest = new Map();
      latestId = embedder.id;
      const known = new Map(
        texts.flatMap((text) => {
          const vector = latest.get(text);
          return vector === undefined ? [] : [[text, vector] as const];
        }),
      );
      const candidates = new Candidates(texts, known, { embedder, clock });
      await candidates.fill();
      latest = candidates.vectors;
      return candidates;
    },
  };
}

class Candidates implements CandidateVectors {
  readonly vectors: Map<string, Float32Array>;
  readonly #missing: Set<string>;
  readonly #texts: readonly string[];
  readonly #embedder: Pick<Embedder, 'id' | 'embed'>;
  readonly #clock: Clock;
  /** The model that the vectors are of. */
  #id: string;
  #isFilling = false;
  #triedAtMs = -Infinity;

  constructor(
    texts: readonly string[],
    known: Map<string, Float32Array>,
    {
      embedder,
      clock,
    }: { readonly embedder: Pick<Embedder, 'id' | 'embed'>; readonly clock: Clock },
  ) {
    this.vectors = known;
    this.#missing = new Set(texts.filter((text) => !known.has(text)));
    this.#texts = texts;
    this.#id = embedder.id;
    this.#embedder = embedder;
    this.#clock = clock;
  }

  get(text: string): Float32Array | undefined {
    if (this.#embedder.id !== this.#id) this.#startAnew();
    const vector = this.vectors.get(text);
    if (vector === undefined && this.#missing.has(text)) this.#tryAgain();
    return vector;
  }

  async fill(): Promise<void> {
    this.#isFilling = true;
    const waiting = this.#missing.values();
    await Promise.all(Array.from({ length: atOnce }, async () => this.#work(waiting)));
    this.#triedAtMs = this.#clock.monotonic();
    this.#isFilling = false;
  }

  async #work(waiting: Iterator<string, undefined>): Promise<void> {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      const made = await this.#embedder.embed(next.value, { deadlineMs });
      if (isUnavailable(made)) continue;
      this.vectors.set(next.value, made.vector);
      this.#missing.delete(next.value);
    }
  }

  /** Vectors of two models must not be compared. */
  #startAnew(): void {
    this.#id = this.#embedder.id;
    this.vectors.clear();
    for (const text of this.#texts) this.#missing.add(text);
    this.#triedAtMs = -Infinity;
  }

  #tryAgain(): void {
    if (this.#isFilling || this.#clock.monotonic() < this.#triedAtMs + retryAfterMs) return;
    void this.fill();
  }
}
