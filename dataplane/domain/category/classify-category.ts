// The domain of a text: what words, meaning and neighbours say, put together. Without an embedding words
// alone speak, and it is said so.
import type { CategoryAnswer } from '../findings.ts';
import { compileScriptTest } from '../scripts.ts';
import type { Unavailable } from '../unavailable.ts';
import type { CategoryHead } from './category-head.ts';
import { judgeNeighbours, judgeVector, judgeWords, logShares } from './judges.ts';

/** The texts that it learned from are in these scripts. */
const isReadable = compileScriptTest(['Latin']);

/** `vector`: of the embedding model that the head is bound to; undefined where there is none. */
export function classifyCategory(
  head: CategoryHead,
  text: string,
  vector: Float32Array | undefined,
): CategoryAnswer | Unavailable {
  if (!isReadable(text)) return { unavailable: 'unsupported' };
  const scores = vector === undefined ? lexical(head, text) : blend(head, text, vector);
  const shares = logShares(scores).map(Math.exp);
  const order = [...shares.keys()].sort((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0));
  const [first = 0, second = 0] = order;
  const confidence = shares[first] ?? 0;
  return {
    category: head.labels[first] ?? '',
    confidence,
    margin: confidence - (shares[second] ?? 0),
    probabilities: new Map(head.labels.map((label, at) => [label, shares[at] ?? 0])),
    tier: vector === undefined ? 'lexical' : 'blend',
  };
}

function lexical(head: CategoryHead, text: string): Float64Array {
  return judgeWords(head, text).map((score) => score / head.lexical.temperature);
}

function blend(head: CategoryHead, text: string, vector: Float32Array): Float64Array {
  const { neighbours, temperature, vector: meaning, words } = head.blend;
  const byWords = judgeWords(head, text);
  const byMeaning = judgeVector(head, vector);
  const byNeighbours = judgeNeighbours(head, vector);
  return byWords.map(
    (score, at) =>
      (words * score + meaning * (byMeaning[at] ?? 0) + neighbours * (byNeighbours[at] ?? 0)) /
      temperature,
  );
}
