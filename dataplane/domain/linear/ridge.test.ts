import { describe, expect, test } from '@jest/globals';
import { quantise, scoreVector } from './linear-head.ts';
import { oneHot, trainRidge } from './ridge.ts';
import { pickRows, rowsOfVectors } from './rows.ts';

const vectors = [
  [1, 0, 0],
  [0.9, 0.1, 0],
  [0, 1, 0],
  [0.1, 0.9, 0.1],
  [0, 0, 1],
  [0, 0.2, 0.9],
].map((values) => Float32Array.from(values));
const targets = Uint8Array.from([0, 0, 1, 1, 2, 2]);
const rows = rowsOfVectors(vectors, 3);
const options = { outputs: 3, penalty: 0.1 };
const even = new Float64Array(6).fill(1);
const examples = { rows, wanted: oneHot(targets, 3), weights: even };
const model = trainRidge(examples, options);

function scoresOf(weights: Float64Array, vector: Float32Array): number[] {
  return [0, 1, 2].map((output) =>
    vector.reduce((sum, value, column) => sum + value * (weights[column * 3 + output] ?? 0), 0),
  );
}

describe('ridge regression of labels', () => {
  test('the examples are told apart, rounded to eight bits too', () => {
    const head = quantise(model);
    const scores = new Float64Array(3);
    const found = vectors.map((vector) => {
      scoreVector(head, vector, scores);
      return scores.indexOf(Math.max(...scores));
    });
    expect(found).toEqual([...targets]);
  });

  test('no change of a weight would make errors and weights together smaller', () => {
    // penalty · w = Σ x · (target - score): the sign that the minimum was reached.
    for (let column = 0; column < 3; column++) {
      for (let output = 0; output < 3; output++) {
        const pull = vectors.reduce((sum, vector, row) => {
          const wanted = (targets[row] === output ? 1 : 0) - 1 / 3;
          const score = scoresOf(model.weights, vector)[output] ?? 0;
          return sum + (vector[column] ?? 0) * (wanted - score);
        }, 0);
        expect(pull).toBeCloseTo(options.penalty * (model.weights[column * 3 + output] ?? 0), 4);
      }
    }
  });

  test('the bias is the mean score of each label', () => {
    const wanted = oneHot(Uint8Array.from([0, 0, 0, 1, 1, 2]), 3);
    const { bias } = trainRidge({ ...examples, wanted }, options);
    expect([...bias].map((share) => Math.round(share * 6))).toEqual([3, 2, 1]);
  });

  test('an example may be a little of every label', () => {
    const wanted = oneHot(targets, 3);
    for (const row of [0, 1]) wanted.set([0.5, 0.2, 0.3], row * 3);
    const { bias, weights } = trainRidge({ ...examples, wanted }, { ...options, penalty: 1e-3 });
    const scores = scoresOf(weights, vectors[0] ?? new Float32Array());
    const given = scores.map((score, label) => score + (bias[label] ?? 0));
    [0.5, 0.2, 0.3].forEach((score, label) => {
      expect(given[label]).toBeCloseTo(score, 1);
    });
  });

  test('an example of weight two is one that stands twice', () => {
    const twice = trainRidge(
      {
        rows: pickRows(rows, [0, 1, 2, 3, 4, 5, 5]),
        wanted: oneHot(Uint8Array.from([...targets, 2]), 3),
        weights: new Float64Array(7).fill(1),
      },
      options,
    );
    const weights = Float64Array.from([1, 1, 1, 1, 1, 2]);
    const weighted = trainRidge({ ...examples, weights }, options);
    weighted.weights.forEach((weight, i) => {
      expect(weight).toBeCloseTo(twice.weights[i] ?? NaN, 4);
    });
    weighted.bias.forEach((share, label) => {
      expect(share).toBeCloseTo(twice.bias[label] ?? NaN, 9);
    });
  });

  test('two trainings give the same weights to the last bit', () => {
    expect(trainRidge(examples, options)).toEqual(model);
  });
});
