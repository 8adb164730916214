// How well a domain classifier does on labelled texts. Pure: labels and answers in, figures out.
import { rounded, share } from './rounding.ts';

export interface DomainOutcome {
  /** The right category. */
  readonly label: string;
  /** Undefined where the classifier abstained; that counts as wrong. */
  readonly answer: { readonly category: string; readonly confidence: number } | undefined;
}

export interface CategoryFigures {
  readonly n: number;
  readonly recall: number;
  readonly precision: number;
}

export interface DomainFigures {
  /** Share of texts whose category is right, whatever its confidence. */
  readonly accuracy: number;
  /** Mean over the categories of the labels of the harmonic mean of recall and precision. */
  readonly macro_f1: number;
  /** Share of texts answered with at least the threshold's confidence. */
  readonly coverage: number;
  /** Share of right ones among these. */
  readonly accuracy_at_threshold: number;
  readonly threshold: number;
  readonly categories: Readonly<Record<string, CategoryFigures>>;
}

export function domainFigures(
  outcomes: readonly DomainOutcome[],
  threshold: number,
): DomainFigures {
  const isRight = ({ label, answer }: DomainOutcome): boolean => answer?.category === label;
  const sure = outcomes.filter(({ answer }) => (answer?.confidence ?? 0) >= threshold);
  const labels = [...new Set(outcomes.map(({ label }) => label))].sort();
  const categories = Object.fromEntries(
    labels.map((label) => [label, categoryFigures(outcomes, label)]),
  );
  const f1 = Object.values(categories).map(({ recall, precision }) =>
    recall + precision === 0 ? 0 : (2 * recall * precision) / (recall + precision),
  );
  return {
    accuracy: share(outcomes.filter(isRight).length, outcomes.length),
    macro_f1: rounded(f1.reduce((sum, value) => sum + value, 0) / Math.max(1, f1.length)),
    coverage: share(sure.length, outcomes.length),
    accuracy_at_threshold: share(sure.filter(isRight).length, sure.length),
    threshold,
    categories,
  };
}

function categoryFigures(outcomes: readonly DomainOutcome[], label: string): CategoryFigures {
  const labelled = outcomes.filter((outcome) => outcome.label === label);
  const answered = outcomes.filter(({ answer }) => answer?.category === label);
  const right = labelled.filter(({ answer }) => answer?.category === label).length;
  return {
    n: labelled.length,
    recall: share(right, labelled.length),
    precision: share(right, answered.length),
  };
}
