// Trains a head, and finds what its scores must mean: each example is judged by a head that has not
// seen it.
import { examineTexts, type Examination } from './examine.ts';
import { openHead, type JailbreakHead, type Tier } from './head.ts';
import type { ScoredText } from './rates.ts';
import { scoreExamination, type OpenedHead } from './score.ts';
import {
  learn,
  makeHead,
  prepareRows,
  type JailbreakExample,
  type TrainingInput,
  type TrainingRows,
} from './train.ts';

const folds = 5;

/**
 * Share of the harmless examples that a score of 0.7 may wrongly be given by what was learned, while it
 * had not learned them. Many are written to look like attacks; of ordinary prompts it is far less.
 */
const falseAlarms = 0.0075;

export interface TrainedJailbreak {
  readonly head: JailbreakHead;
  /** Every example as it is judged by a head that has not seen it, rules included. */
  readonly scored: readonly ScoredText[];
}

/** An example with all that is known of it by a head that has not seen it. */
interface Judged {
  readonly example: JailbreakExample;
  readonly examination: Examination;
  readonly vectors: readonly (Float32Array | undefined)[];
  readonly opened: OpenedHead;
}

/**
 * Vectors of windows that examinations ask for beyond those learned from are used where there are any;
 * a text that lacks one is judged by its words.
 */
export function trainJailbreak(input: TrainingInput): TrainedJailbreak {
  const rows = prepareRows(input);
  const judged = Array.from({ length: folds }, (_, fold) => judgeFold(input, rows, fold)).flat();
  const sureAt = { blend: findSureAt(judged, 'blend'), lexical: findSureAt(judged, 'lexical') };
  const learned = learn(rows, () => true);
  return { head: makeHead(input, rows, { learned, sureAt }), scored: scoreAll(judged, sureAt) };
}

function judgeFold(input: TrainingInput, rows: TrainingRows, fold: number): Judged[] {
  const inFold = (example: number): boolean => example % folds === fold;
  const learned = learn(rows, (example) => !inFold(example));
  const head = makeHead(input, rows, { learned, sureAt: { blend: 0, lexical: 0 } });
  const opened = { head, reader: openHead(head) };
  return input.examples
    .filter((_, example) => inFold(example))
    .map((example) => {
      const { text, source = 'user' } = example;
      const examination = examineTexts(opened.reader, [{ text, source }]);
      const vectors = examination.toEmbed.map((window) => input.vectors.get(window));
      return { example, examination, vectors, opened };
    });
}

/** The log odds over which `falseAlarms` of the harmless examples are, each by its weight. */
function findSureAt(judged: readonly Judged[], tier: Tier): number {
  const harmless = judged
    .filter(({ example }) => !example.label)
    .map((one) => ({ odds: highestOdds(one, tier), weight: one.example.weight ?? 1 }))
    .toSorted((left, right) => right.odds - left.odds);
  let allowed = falseAlarms * harmless.reduce((sum, { weight }) => sum + weight, 0);
  return harmless.find(({ weight }) => (allowed -= weight) < 0)?.odds ?? 0;
}

function highestOdds({ examination, vectors, opened }: Judged, tier: Tier): number {
  let most = -Infinity;
  for (const { wordOdds, embedded } of examination.texts.flatMap(({ windows }) => windows)) {
    const vector = embedded === undefined ? undefined : vectors[embedded];
    if (tier === 'lexical') most = Math.max(most, wordOdds);
    else if (vector !== undefined) {
      most = Math.max(most, (wordOdds + opened.reader.vectorOdds(vector)) / 2);
    }
  }
  return most;
}

function scoreAll(judged: readonly Judged[], sureAt: JailbreakHead['sureAt']): ScoredText[] {
  return judged.map(({ example, examination, vectors, opened }) => {
    const known = { ...opened, head: { ...opened.head, sureAt } };
    return {
      set: example.set,
      isAttack: example.label,
      blend: scoreExamination(known, examination, vectors).score,
      lexical: scoreExamination(known, examination, []).score,
    };
  });
}
