// What a detector says about a request: words, vectors and rules put together. Takes vectors, calls nobody.
import type { Examination, ExaminedText } from './examine.ts';
import { jailbreakFamilies, type JailbreakFamily } from './families.ts';
import { scoreOf, type HeadReader, type JailbreakHead, type Tier } from './head.ts';

export interface JailbreakFinding {
  /** 0 to 1, the highest of all windows and rules. At 0.7 and more it is an attack, unless told otherwise. */
  readonly score: number;
  /** Families whose rules hold, in the order of the closed list. None where the learned half alone says so. */
  readonly families: readonly JailbreakFamily[];
  /** `lexical` where a vector that was asked for is missing. */
  readonly tier: Tier;
}

export interface Opened {
  readonly head: JailbreakHead;
  readonly reader: HeadReader;
}

/** `vectors` are those of `toEmbed`, undefined where there is none. */
export function scoreExamination(
  { head, reader }: Opened,
  { texts, toEmbed }: Examination,
  vectors: readonly (Float32Array | undefined)[],
): JailbreakFinding {
  const usable = toEmbed.map((_, index) => {
    const vector = vectors[index];
    return vector?.length === head.dimensions ? vector : undefined;
  });
  const tier: Tier = usable.includes(undefined) ? 'lexical' : 'blend';
  const vectorOdds = usable.map((vector) =>
    vector === undefined ? undefined : reader.vectorOdds(vector),
  );
  let score = 0;
  const found = new Set<JailbreakFamily>();
  for (const text of texts) {
    const learned = learnedScore(head, text, tier === 'blend' ? vectorOdds : []);
    score = Math.max(score, learned, ruledScore(text, learned));
    for (const family of text.families) found.add(family);
  }
  return { score, families: jailbreakFamilies.filter((family) => found.has(family)), tier };
}

function learnedScore(
  { sureAt }: JailbreakHead,
  { windows }: ExaminedText,
  vectorOdds: readonly (number | undefined)[],
): number {
  let most = 0;
  for (const { wordOdds, embedded } of windows) {
    const byVector = embedded === undefined ? undefined : vectorOdds[embedded];
    most = Math.max(
      most,
      byVector === undefined
        ? scoreOf(wordOdds, sureAt.lexical)
        : scoreOf((wordOdds + byVector) / 2, sureAt.blend),
    );
  }
  return most;
}

/** Families that nobody has an honest reason for in text that a tool brought. */
const neverInTools: ReadonlySet<JailbreakFamily> = new Set<JailbreakFamily>([
  'override_instructions',
  'unlimited_persona',
  'prompt_extraction',
  'forged_roles',
  'secret_extraction',
  'tool_instructions',
  'hidden_text',
]);

/** What rules raise the score to: two families are sure, one needs some support by what was learned. */
function ruledScore({ source, families, hidesText }: ExaminedText, learned: number): number {
  if (families.size >= 2 && learned >= 0.2) return 0.9;
  if (hidesText) return 0.8;
  if (families.size === 0) return 0;
  if (source === 'tool' && [...families].some((family) => neverInTools.has(family))) return 0.8;
  const needed =
    families.size >= 2
      ? 0.05
      : families.has('override_instructions') || families.has('prompt_extraction')
        ? 0.15
        : 0.5;
  return learned >= needed ? 0.75 : 0;
}
