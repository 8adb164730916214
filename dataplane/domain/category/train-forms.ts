// Learns quadratic forms of vectors by least squares: kernel ridge regression, solved over the examples
// and not over the hundred thousand products of coordinates, then folded into forms of few axes.
import { principalAxes } from '../linear/axes.ts';
import { quantise } from '../linear/linear-head.ts';
import { rowProducts, transpose, type Matrix } from '../linear/matrix.ts';
import { centred } from '../linear/ridge.ts';
import { solve } from '../linear/solve.ts';
import type { FormHead } from './form-head.ts';

// Chosen by cross-validation on the project's own texts; kernels around it do as well.
const constant = 0.3;
const square = 2;
const penalty = 0.1;
/** Axes kept of each form; all 384 together gain a third of a point. */
const rank = 48;

const maxSteps = 40;
/** Beyond it, forms change by less than their rounding. */
const tolerance = 2e-3;

export interface FormTargets {
  /** By example, then by label: the score that is to be learned. */
  readonly wanted: Float64Array;
  /** How much each example counts. */
  readonly weights: Float64Array;
}

/** `vectors`: of the examples, a row each, of length 1. */
export function trainForms(vectors: Matrix, targets: FormTargets): FormHead {
  return formsOf(vectors, learnPulls(kernelOf(rowProducts(vectors, vectors)), targets));
}

/**
 * How much two examples have to do with each other, by the cosine of their vectors. In the place of the
 * cosines: of many examples the matrix is the largest thing that there is.
 */
function kernelOf(cosines: Matrix): Matrix {
  const { cells } = cosines;
  for (let i = 0; i < cells.length; i++) {
    const cosine = cells[i] as number;
    cells[i] = constant + cosine + square * cosine * cosine;
  }
  return cosines;
}

/** What was learned, still by example. */
interface Pulls {
  /** A row for each label: how far each example pulls towards it. */
  readonly pulls: Matrix;
  /** The mean score of each label. */
  readonly means: Float64Array;
}

/** `kernel`: of the examples among themselves. */
function learnPulls(kernel: Matrix, { wanted, weights }: FormTargets): Pulls {
  const count = weights.length;
  const outputs = wanted.length / count;
  const { errors, means } = centred(wanted, weights);
  const asMatrix = (x: Float64Array): Matrix => ({
    rows: outputs,
    columns: count,
    cells: Float32Array.from(x),
  });
  const multiply = (x: Float64Array, result: Float64Array): void => {
    const { cells } = rowProducts(kernel, asMatrix(x));
    for (let i = 0; i < result.length; i++) {
      const example = i % count;
      const own = (penalty / (weights[example] as number)) * (x[i] as number);
      result[i] = (cells[example * outputs + Math.floor(i / count)] as number) + own;
    }
  };
  // By label, then by example.
  const left = errors.map(
    (_, i) => errors[(i % count) * outputs + Math.floor(i / count)] as number,
  );
  return { pulls: asMatrix(solve(multiply, left, { maxSteps, tolerance })), means };
}

/** The forms that give the same scores without the examples. `vectors`: of those, a row each. */
function formsOf(vectors: Matrix, { pulls, means }: Pulls): FormHead {
  const outputs = pulls.rows;
  const width = vectors.columns;
  const byCoordinate = transpose(vectors);
  const linear = rowProducts(byCoordinate, pulls);
  const axes = new Int8Array(outputs * rank * width);
  const strengths = new Float32Array(outputs * rank);
  const bias = new Float64Array(outputs);
  for (let output = 0; output < outputs; output++) {
    const own = pulls.cells.subarray(output * pulls.columns, (output + 1) * pulls.columns);
    bias[output] = (means[output] as number) + constant * own.reduce((sum, pull) => sum + pull, 0);
    const pulled = { ...byCoordinate, cells: scaleColumns(byCoordinate, own) };
    const found = principalAxes(rowProducts(byCoordinate, pulled), rank);
    found.stretches.forEach((stretch, axis) => {
      const direction = found.directions.cells.subarray(axis * width, (axis + 1) * width);
      const scale = direction.reduce((most, part) => Math.max(most, Math.abs(part)), 0) / 127;
      const place = output * rank + axis;
      strengths[place] = square * stretch * scale * scale;
      if (scale > 0)
        axes.set(
          direction.map((part) => Math.round(part / scale)),
          place * width,
        );
    });
  }
  return {
    linear: quantise({ outputs, weights: Float64Array.from(linear.cells), bias }),
    rank,
    axes,
    strengths,
  };
}

function scaleColumns({ columns, cells }: Matrix, factors: Float32Array): Float32Array {
  return cells.map((cell, i) => cell * (factors[i % columns] as number));
}
