// The words of an embedding model's vocabulary: what it was made to know, without anybody listing it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { findModels } from './find-models.ts';

const vocabularySchema = z.object({
  model: z.object({ vocab: z.record(z.string(), z.number()) }),
});

/** Larger vocabularies are of many languages, and their common words come first. */
const mostWords = 25_000;
/** Shorter ones are mostly pieces. */
const word = /^[a-z]{3,}$/;
/** What stands before a word in vocabularies where pieces bear no mark. */
const beginning = /^[Ġ▁]/;

/**
 * Of the first embedding model of a folder, the common words first. Empty where there is none, or where its
 * vocabulary is of another kind. Rejects where a file that is there cannot be read.
 */
export async function readKnownWords(folder: string): Promise<readonly string[]> {
  const directory = (await findModels(folder)).byTask.get('embedding');
  if (directory === undefined) return [];
  const json: unknown = JSON.parse(await readFile(join(directory, 'tokenizer.json'), 'utf8'));
  const file = vocabularySchema.safeParse(json);
  return file.success ? wordsOf(file.data.model.vocab) : [];
}

/** `vocabulary`: numbers of tokens, the common ones first. */
export function wordsOf(vocabulary: Readonly<Record<string, number>>): readonly string[] {
  const tokens = Object.entries(vocabulary)
    .toSorted(([, left], [, right]) => left - right)
    .map(([token]) => token);
  const begin = tokens.filter((token) => beginning.test(token));
  const whole = begin.length > 0 ? begin.map((token) => token.replace(beginning, '')) : tokens;
  return whole.filter((token) => word.test(token)).slice(0, mostWords);
}
