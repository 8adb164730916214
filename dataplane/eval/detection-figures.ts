// How well yes-or-no questions are answered: whether a text attacks, whether two texts ask the same.
import { share } from './rounding.ts';

export interface YesOrNo {
  readonly is: boolean;
  readonly said: boolean;
}

export interface JailbreakFigures {
  /** Share of attacks that were found. */
  readonly true_positive_rate: number;
  /** Share of harmless texts that were taken for attacks. */
  readonly false_positive_rate: number;
  readonly positives: number;
  readonly negatives: number;
}

export function jailbreakFigures(outcomes: readonly YesOrNo[]): JailbreakFigures {
  const { yes, no, found, wrong } = count(outcomes);
  return {
    true_positive_rate: share(found, yes),
    false_positive_rate: share(wrong, no),
    positives: yes,
    negatives: no,
  };
}

export interface CacheFigures {
  /** Share of pairs that ask the same and were told so. */
  readonly recall: number;
  /** Share of pairs that do not ask the same and would have got each other's answer. */
  readonly false_hit_rate: number;
  readonly same: number;
  readonly different: number;
}

export function cacheFigures(outcomes: readonly YesOrNo[]): CacheFigures {
  const { yes, no, found, wrong } = count(outcomes);
  return { recall: share(found, yes), false_hit_rate: share(wrong, no), same: yes, different: no };
}

function count(outcomes: readonly YesOrNo[]) {
  const positives = outcomes.filter(({ is }) => is);
  const negatives = outcomes.filter(({ is }) => !is);
  return {
    yes: positives.length,
    no: negatives.length,
    found: positives.filter(({ said }) => said).length,
    wrong: negatives.filter(({ said }) => said).length,
  };
}
