// Trains a head, finds what its scores must mean, and measures it: each example is judged by a head that
// has not seen it.
import { examineTexts, type Examination } from './examine.ts';
import { openHead, type JailbreakHead, type Tier } from './head.ts';
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

export interface MeasuredRates {
  readonly set: string;
  readonly tier: Tier;
  readonly threshold: number;
  readonly attacks: number;
  readonly harmless: number;
  /** Attacks found, and harmless texts taken for attacks. */
  readonly found: number;
  readonly alarms: number;
}

export interface TrainedJailbreak {
  readonly head: JailbreakHead;
  /** By set, tier and threshold (0.5, 0.7, 0.9), out of fold, rules included. */
  readonly measured: readonly MeasuredRates[];
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
  return { head: makeHead(input, rows, { learned, sureAt }), measured: measure(judged, sureAt) };
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

/** The log odds over which the share of harmless examples is `falseAlarms`. */
function findSureAt(judged: readonly Judged[], tier: Tier): number {
  const odds = judged
    .filter(({ example }) => !example.label)
    .map((one) => highestOdds(one, tier))
    .toSorted((left, right) => right - left);
  return odds[Math.floor(odds.length * falseAlarms)] ?? 0;
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

function measure(judged: readonly Judged[], sureAt: JailbreakHead['sureAt']): MeasuredRates[] {
  const scored = judged.map(({ example, examination, vectors, opened }) => {
    const known = { ...opened, head: { ...opened.head, sureAt } };
    return {
      example,
      blend: scoreExamination(known, examination, vectors).score,
      lexical: scoreExamination(known, examination, []).score,
    };
  });
  const sets = [...new Set(scored.map(({ example }) => example.set))];
  return sets.flatMap((set) => {
    const own = scored.filter(({ example }) => example.set === set);
    return (['blend', 'lexical'] as const).flatMap((tier) =>
      [0.5, 0.7, 0.9].map((threshold) => {
        const over = (label: boolean): number =>
          own.filter((one) => one.example.label === label && one[tier] >= threshold).length;
        const attacks = own.filter(({ example }) => example.label).length;
        const harmless = own.length - attacks;
        return { set, tier, threshold, attacks, harmless, found: over(true), alarms: over(false) };
      }),
    );
  });
}
