// Signals about the domain of a prompt: which categories of the configuration the classifier's label
// belongs to.
import { canonicalLabel } from '../../../config/domain-labels.ts';
import type { RouterConfig } from '../../../config/schema/index.ts';
import type { CategoryFact } from '../prompt-facts.ts';
import { atLeast, fails, type SignalValue } from '../signal-values.ts';

/** Takes what the classifier said; the threshold is the smallest confidence that counts. */
export type CategorySignal = (fact: CategoryFact) => SignalValue;

/**
 * A category holds when the likeliest label is one of its own. How sure that is, is the probability of
 * all its labels together, where the classifier tells them: that of a wide category is not lost because
 * it is spread over several.
 */
export function compileCategory(
  { name, mmlu_categories }: RouterConfig['categories'][number],
  threshold: number,
): CategorySignal {
  const labels = new Set(
    (mmlu_categories.length === 0 ? [name] : mmlu_categories).map(canonicalLabel),
  );
  return ({ category, confidence, probabilities }) => {
    if (!labels.has(canonicalLabel(category))) return fails;
    let sum = 0;
    for (const [label, probability] of probabilities ?? []) {
      if (labels.has(canonicalLabel(label))) sum += probability;
    }
    return atLeast(threshold, Math.max(confidence, sum));
  };
}
