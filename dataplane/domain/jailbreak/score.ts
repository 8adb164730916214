// Puts together what words, vectors and rules say about a request. Takes vectors, calls nobody.
import type { Examination, ExaminedText } from './examine.ts';
import { jailbreakFamilies, type JailbreakFamily } from './families.ts';
import { scoreOf, type HeadReader, type JailbreakHead, type Tier } from './head.ts';

export interface JailbreakFinding {
  /** 0 to 1: the highest that any window or rule gives. 0.7 and more is an attack, unless told otherwise. */
  readonly score: number;
  /** Families whose rules hold, in the order of the closed list; none where words and vectors alone tell. */
  readonly families: readonly JailbreakFamily[];
  /** `lexical` where a vector that was asked for is missing. */
  readonly tier: Tier;
}

export interface OpenedHead {
  readonly head: JailbreakHead;
  readonly reader: HeadReader;
}

/** `vectors` are those of `toEmbed` in its order, undefined where there is none. */
export function scoreExamination(
  { head, reader }: OpenedHead,
  { texts, toEmbed }: Examination,
  vectors: readonly (Float32Array | undefined)[],
): JailbreakFinding {
  const vectorOdds = toEmbed.map((_, index) => {
    const vector = vectors[index];
    return vector?.length === head.dimensions ? reader.vectorOdds(vector) : undefined;
  });
  let score = 0;
  const found = new Set<JailbreakFamily>();
  for (const text of texts) {
    const learned = learnedScore(head, text, vectorOdds);
    score = Math.max(score, learned, ruledScore(text, learned));
    for (const family of text.families) found.add(family);
  }
  return {
    score,
    families: jailbreakFamilies.filter((family) => found.has(family)),
    tier: vectorOdds.includes(undefined) ? 'lexical' : 'blend',
  };
}

function learnedScore(
  { sureAt }: JailbreakHead,
  { windows }: ExaminedText,
  vectorOdds: readonly (number | undefined)[],
): number {
  let most = 0;
  for (const { wordOdds, embedded } of windows) {
    const byVector = embedded === undefined ? undefined : vectorOdds[embedded];
    const score =
      byVector === undefined
        ? scoreOf(wordOdds, sureAt.lexical)
        : scoreOf((wordOdds + byVector) / 2, sureAt.blend);
    most = Math.max(most, score);
  }
  return most;
}

/** Families that have no honest place in text that a tool brought. */
const strangeInTools: readonly JailbreakFamily[] = [
  'override_instructions',
  'unlimited_persona',
  'prompt_extraction',
  'forged_roles',
  'secret_extraction',
  'tool_instructions',
  'hidden_text',
];

/** Families whose rules are narrow: little support is needed, also in languages that were hardly learned. */
const narrow: readonly JailbreakFamily[] = ['override_instructions', 'prompt_extraction'];

/**
 * What rules raise the score to, given what was learned. It must not speak clearly against them, but where
 * hardly any text in such letters was learned: it cannot speak then.
 */
function ruledScore(text: ExaminedText, learned: number): number {
  const { source, families, hidesText, isForeign } = text;
  const support = isForeign ? Math.max(learned, 0.2) : learned;
  if (families.size >= 2 && support >= 0.2) return 0.9;
  // Text that nobody sees has no honest reason.
  if (hidesText) return 0.8;
  if (source === 'tool' && strangeInTools.some((family) => families.has(family))) return 0.8;
  if (families.size >= 2 && support >= 0.05) return 0.75;
  if (narrow.some((family) => families.has(family)) && support >= 0.15) return 0.75;
  return families.size > 0 && support >= 0.5 ? 0.75 : 0;
}
