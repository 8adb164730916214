// The domain of a text: what words and meaning say, put together. Without an embedding words alone speak,
// and it is said so.
import type { CategoryAnswer } from '../findings.ts';
import { scoreFeatures } from '../linear/linear-head.ts';
import { FeatureReader, headAndTail, longestReadText } from '../linear/text-features.ts';
import { compileScriptTest } from '../scripts.ts';
import type { Unavailable } from '../unavailable.ts';
import type { CategoryHead } from './category-head.ts';
import { scoreForms } from './form-head.ts';

/**
 * `vector`: of the embedding model that the head is bound to; undefined where there is none. Of a long
 * text the words of its beginning and its end count.
 */
export type ClassifyCategory = (
  text: string,
  vector: Float32Array | undefined,
) => CategoryAnswer | Unavailable;

/** The texts that it learned from are in these scripts. */
const isReadable = compileScriptTest(['Latin']);

/** Made once for a head, since it holds room for features. */
export function openCategoryHead(head: CategoryHead): ClassifyCategory {
  const { bits, dimensions, labels, meaning, rarities, sharpness, words } = head;
  const reader = new FeatureReader(bits);
  const byWords = new Float64Array(labels.length);
  const byMeaning = new Float64Array(labels.length);
  return (text, vector) => {
    const seen = headAndTail(text, longestReadText);
    if (!isReadable(seen)) return { unavailable: 'unsupported' };
    scoreFeatures(words, rarities, reader.read(seen), byWords);
    if (vector?.length !== dimensions) {
      const logOdds = byWords.map((score) => sharpness.lexical.words * score);
      return answerOf(labels, logOdds, 'lexical');
    }
    scoreForms(meaning, vector, byMeaning);
    const { blend } = sharpness;
    const logOdds = byWords.map(
      (score, label) => blend.words * score + blend.meaning * (byMeaning[label] as number),
    );
    return answerOf(labels, logOdds, 'blend');
  };
}

function answerOf(
  labels: readonly string[],
  logOdds: Float64Array,
  tier: CategoryAnswer['tier'],
): CategoryAnswer {
  const shares = sharesOf(logOdds);
  let first = 0;
  let second = -1;
  for (let label = 1; label < shares.length; label++) {
    if ((shares[label] as number) > (shares[first] as number)) {
      second = first;
      first = label;
    } else if (second < 0 || (shares[label] as number) > (shares[second] as number)) {
      second = label;
    }
  }
  const confidence = shares[first] as number;
  return {
    category: labels[first] ?? '',
    confidence,
    margin: confidence - (shares[second] ?? 0),
    probabilities: new Map(labels.map((label, at) => [label, shares[at] as number])),
    tier,
  };
}

/** Log odds as shares that add up to 1. */
function sharesOf(logOdds: Float64Array): Float64Array {
  const most = logOdds.reduce((a, b) => Math.max(a, b), -Infinity);
  const shares = logOdds.map((one) => Math.exp(one - most));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / sum);
}
