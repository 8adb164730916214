import { describe, expect, test } from '@jest/globals';
import { measureRarities, rowsOfTexts } from './feature-weights.ts';
import { quantise, scoreFeatures, scoreVector } from './linear-head.ts';
import { trainLogistic } from './logistic.ts';
import { pickRows, rowsOfVectors } from './rows.ts';
import { FeatureReader } from './text-features.ts';

const vectors = [
  [1, 0, 0],
  [0.9, 0.1, 0],
  [0, 1, 0],
  [0.1, 0.9, 0.1],
  [0, 0, 1],
  [0, 0.2, 0.9],
].map((values) => Float32Array.from(values));
const targets = Uint8Array.from([0, 0, 1, 1, 2, 2]);

function best(scores: Float64Array): number {
  return scores.indexOf(Math.max(...scores));
}

describe('logistic regression on vectors', () => {
  const rows = rowsOfVectors(vectors, 3);
  const model = trainLogistic({ rows, targets }, { outputs: 3, trust: 10 });
  const scores = new Float64Array(3);

  test('it tells the examples apart, rounded to eight bits too', () => {
    const head = quantise(model);
    const found = vectors.map((vector) => {
      scoreVector(head, vector, scores);
      return best(scores);
    });
    expect(found).toEqual([...targets]);
  });

  test('the mean probability of a label is its share of the examples', () => {
    // What makes the slope by the bias zero: the sign that the minimum was reached.
    const sums = [0, 0, 0];
    for (const vector of vectors) {
      const logits = [0, 1, 2].map((output) =>
        vector.reduce(
          (sum, value, column) => sum + value * (model.weights[column * 3 + output] ?? 0),
          model.bias[output] ?? 0,
        ),
      );
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      logits.forEach((logit, output) => {
        sums[output] = (sums[output] ?? 0) + Math.exp(logit) / total;
      });
    }
    for (const sum of sums) expect(sum).toBeCloseTo(2, 2);
  });

  test('two trainings give the same weights to the last bit', () => {
    expect(trainLogistic({ rows, targets }, { outputs: 3, trust: 10 })).toEqual(model);
  });

  test('less trust keeps the weights smaller', () => {
    const timid = trainLogistic({ rows, targets }, { outputs: 3, trust: 0.1 });
    const size = (weights: Float64Array): number =>
      weights.reduce((sum, weight) => sum + weight * weight, 0);
    expect(size(timid.weights)).toBeLessThan(size(model.weights));
  });

  test('an example of weight two is one that stands twice', () => {
    const twice = trainLogistic(
      { rows: pickRows(rows, [0, 1, 2, 3, 4, 5, 5]), targets: Uint8Array.from([...targets, 2]) },
      { outputs: 3, trust: 1 },
    );
    const weighted = trainLogistic(
      { rows, targets, weights: Float64Array.from([1, 1, 1, 1, 1, 2]) },
      { outputs: 3, trust: 1 },
    );
    weighted.weights.forEach((weight, i) => {
      expect(weight).toBeCloseTo(twice.weights[i] ?? NaN, 3);
    });
  });

  test('with one output the score is above zero for yes', () => {
    const yes = Uint8Array.from([1, 1, 0, 0, 0, 0]);
    const head = quantise(trainLogistic({ rows, targets: yes }, { outputs: 1, trust: 10 }));
    const score = new Float64Array(1);
    const signs = vectors.map((vector) => {
      scoreVector(head, vector, score);
      return (score[0] ?? 0) > 0 ? 1 : 0;
    });
    expect(signs).toEqual([...yes]);
  });
});

describe('logistic regression on texts', () => {
  const texts = [
    'the cat sat on the mat',
    'a cat and a kitten purr',
    'the court heard the appeal',
    'an appeal to the high court',
  ];
  const reader = new FeatureReader(12);
  const rarities = measureRarities(reader, texts);
  const rows = rowsOfTexts(reader, rarities, texts);

  test('words and pieces of each row have length one each', () => {
    for (let row = 0; row < rows.count; row++) {
      const values = rows.values.slice(rows.starts[row], rows.starts[row + 1]);
      expect(values.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(2, 5);
    }
  });

  test('rare features weigh more than common ones, and unseen ones most', () => {
    const rarityOf = (word: string): number => {
      const { numbers } = reader.read(word);
      return rarities[numbers[0] ?? 0] ?? 0;
    };
    expect(rarityOf('the')).toBeLessThan(rarityOf('cat'));
    expect(rarityOf('cat')).toBeLessThan(rarityOf('kitten'));
    expect(rarityOf('zebra')).toBe(255);
  });

  test('texts that it never saw go to the label of their words', () => {
    const head = quantise(
      trainLogistic({ rows, targets: Uint8Array.from([0, 0, 1, 1]) }, { outputs: 1, trust: 10 }),
    );
    const score = new Float64Array(1);
    const scoreOf = (text: string): number => {
      scoreFeatures(head, rarities, reader.read(text), score);
      return score[0] ?? 0;
    };
    expect(scoreOf('An APPEAL in a court of law')).toBeGreaterThan(0.5);
    expect(scoreOf('my kitten and your cats')).toBeLessThan(-0.2);
    expect(scoreOf('')).toBe(head.bias[0]);
  });
});
