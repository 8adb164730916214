import { describe, expect, test } from '@jest/globals';
import { fitSharpness, sharesOf } from './sharpness.ts';

const outputs = 2;

/** Of ten examples at a score of `gap` for their label, `right` are right. */
function judged(right: number, gap: number) {
  const targets = Uint8Array.from({ length: 10 }, (_, i) => (i < right ? 0 : 1));
  const scores = Float64Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? gap : 0));
  return { targets, scores, weights: new Float64Array(10).fill(1) };
}

describe('the sharpness of scores', () => {
  test('probabilities are as high as the share of right answers, less some caution', () => {
    const { scores, targets, weights } = judged(9, 1);
    const [factor = 0] = fitSharpness({ scores: [scores], targets, weights, outputs });
    // Nine of ten: log odds of ln 9, of which four fifths are believed.
    expect(factor).toBeCloseTo(0.8 * Math.log(9), 3);
  });

  test('a judge that is right half of the time counts for nothing', () => {
    const { scores, targets, weights } = judged(5, 1);
    const [factor = NaN] = fitSharpness({ scores: [scores], targets, weights, outputs });
    expect(factor).toBeCloseTo(0, 3);
  });

  test('of two judges the one that knows more counts more', () => {
    const good = judged(9, 1);
    // Of the other, three of the first six examples say the opposite.
    const poor = good.scores.map((score, i) => (i < 12 && i % 4 < 2 ? 1 - score : score));
    const [first = 0, second = 0] = fitSharpness({ ...good, scores: [good.scores, poor], outputs });
    expect(first).toBeGreaterThan(second);
  });

  test('an example of weight two is one that stands twice', () => {
    const { scores, targets } = judged(8, 1);
    const weights = Float64Array.from(targets, (target) => (target === 1 ? 2 : 1));
    const [factor = 0] = fitSharpness({ scores: [scores], targets, weights, outputs });
    expect(factor).toBeCloseTo(0.8 * Math.log(2), 3);
  });

  test('shares add up to one, however large the odds', () => {
    for (const odds of [[0, 0], [1000, -1000, 3], [-5000, -5000]]) {
      const sum = sharesOf(Float64Array.from(odds)).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 12);
    }
  });
});
