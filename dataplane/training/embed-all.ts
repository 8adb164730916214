// The vectors of many texts, with progress: training waits for a model, and is told when there is none.
import { isUnavailable } from '../domain/unavailable.ts';
import type { Embedder } from '../ports.ts';

/** Texts that are with the model at a time. */
const atOnce = 8;
/** Of one text, its wait for the others included. */
const deadlineMs = 120_000;

export async function embedAll(
  embedder: Embedder,
  texts: readonly string[],
  say: (line: string) => void,
): Promise<ReadonlyMap<string, Float32Array>> {
  const vectors = new Map<string, Float32Array>();
  const all = [...new Set(texts)];
  const waiting = all.values();
  const work = async (): Promise<void> => {
    for (const text of waiting) {
      const embedding = await embedder.embed(text, { deadlineMs });
      if (isUnavailable(embedding)) {
        // What a model does not understand has no vector, and is left to the words.
        if (embedding.unavailable === 'unsupported') continue;
        throw new Error(`the embedding model could not answer: ${embedding.unavailable}`);
      }
      vectors.set(text, embedding.vector);
      if (vectors.size % 500 === 0) say(`${vectors.size} of ${all.length} texts are embedded`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return vectors;
}
