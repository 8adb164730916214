// A user's own classifiers in the place of the built-in ones: what their labels mean.
import { canonicalLabel } from '../../../config/domain-labels.ts';
import type { CategoryAnswer, JailbreakFinding } from '../../domain/findings.ts';
import { isUnavailable, type Unavailable } from '../../domain/unavailable.ts';
import type { CategoryClassifier, JailbreakDetector, TextClassifier } from '../../ports.ts';

/** Labels that mean an attack where nobody says which do: those of the usual guard models. */
const usualPositives = /jailbreak|unsafe|injection|malicious|attack/i;

export function categoriesBy(model: TextClassifier, deadlineMs: number): CategoryClassifier {
  return {
    labels: model.labels,
    classify: async (text): Promise<CategoryAnswer | Unavailable> => {
      const answer = await model.classify(text, { deadlineMs });
      if (isUnavailable(answer)) return answer;
      const [first, second] = [...answer].sort(([, a], [, b]) => b - a);
      if (first === undefined) return { unavailable: 'failed' };
      const [label, confidence] = first;
      return {
        category: canonicalLabel(label),
        confidence,
        margin: confidence - (second?.[1] ?? 0),
        probabilities: answer,
        tier: 'blend',
      };
    },
  };
}

/** `positives`: labels that mean an attack; the usual ones where none are given. */
export function jailbreaksBy(
  model: TextClassifier,
  deadlineMs: number,
  positives: readonly string[],
): JailbreakDetector {
  const means = (label: string): boolean =>
    positives.length === 0 ? usualPositives.test(label) : positives.includes(label);
  return {
    detect: async (texts): Promise<JailbreakFinding | Unavailable> => {
      const answers = await Promise.all(
        texts.map(({ text }) => model.classify(text, { deadlineMs })),
      );
      let score = 0;
      for (const answer of answers) {
        if (isUnavailable(answer)) return answer;
        // The risk is that of all positive labels together, and the worst text speaks.
        let risk = 0;
        for (const [label, probability] of answer) if (means(label)) risk += probability;
        score = Math.max(score, Math.min(1, risk));
      }
      return { score, families: [], tier: 'blend' };
    },
  };
}
