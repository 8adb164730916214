// The few directions along which a symmetric matrix stretches most: its eigenvectors of largest
// absolute eigenvalue.
import { rowProducts, transpose, type Matrix } from './matrix.ts';

export interface Axes {
  /** Orthogonal directions of length 1, one a row, the most stretched first. */
  readonly directions: Matrix;
  /** How far each is stretched; below zero where it is turned round. */
  readonly stretches: Float64Array;
}

/** Directions tried beyond those wanted: the last wanted ones are found faster so. */
const spare = 8;
const rounds = 20;

/** `count` axes of a symmetric matrix, by subspace iteration and Rayleigh-Ritz. Deterministic. */
export function principalAxes(matrix: Matrix, count: number): Axes {
  const size = matrix.rows;
  const tried = Math.min(size, count + spare);
  let space = orthonormal(startingRows(tried, size));
  for (let round = 0; round < rounds; round++) {
    space = orthonormal(rowProducts(space, matrix));
  }
  // What the matrix does within the space that was found.
  const within = rowProducts(rowProducts(space, matrix), space);
  const { values, vectors } = jacobi(within);
  const order = [...values.keys()].toSorted(
    (left, right) => Math.abs(values[right] as number) - Math.abs(values[left] as number),
  );
  const best = order.slice(0, Math.min(count, size));
  const cells = new Float32Array(best.length * tried);
  best.forEach((from, to) => {
    for (let i = 0; i < tried; i++) cells[to * tried + i] = vectors[i * tried + from] as number;
  });
  return {
    directions: rowProducts({ rows: best.length, columns: tried, cells }, transpose(space)),
    stretches: Float64Array.from(best, (from) => values[from] as number),
  };
}

/** Rows that have something of every direction: numbers of a small generator, always the same. */
function startingRows(rows: number, columns: number): Matrix {
  let state = 12_345;
  const cells = Float32Array.from({ length: rows * columns }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  });
  return { rows, columns, cells };
}

/** Of a row, what must be left beside the rows before it to be more than rounding. */
const leastLeft = 1e-4;

/**
 * The rows made orthogonal and of length 1, one after the other (Gram-Schmidt, twice); nothing where a
 * row adds no direction to those before it.
 */
function orthonormal({ rows, columns, cells }: Matrix): Matrix {
  const done = Float32Array.from(cells);
  for (let row = 0; row < rows; row++) {
    const own = done.subarray(row * columns, (row + 1) * columns);
    const before = Math.sqrt(product(own, own));
    for (let pass = 0; pass < 2; pass++) {
      for (let earlier = 0; earlier < row; earlier++) {
        const other = done.subarray(earlier * columns, (earlier + 1) * columns);
        const share = product(own, other);
        for (let i = 0; i < columns; i++) {
          own[i] = (own[i] as number) - share * (other[i] as number);
        }
      }
    }
    const length = Math.sqrt(product(own, own));
    const scale = length > leastLeft * before ? 1 / length : 0;
    for (let i = 0; i < columns; i++) own[i] = (own[i] as number) * scale;
  }
  return { rows, columns, cells: done };
}

function product(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += (left[i] as number) * (right[i] as number);
  return sum;
}

const sweeps = 12;

/** All eigenvalues of a small symmetric matrix, and its eigenvectors as columns: Jacobi rotations. */
function jacobi({ rows: size, cells }: Matrix): {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
} {
  const a = Float64Array.from(cells);
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i++) vectors[i * size + i] = 1;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) rotate(a, vectors, { size, p, q });
    }
  }
  return {
    values: Float64Array.from({ length: size }, (_, i) => a[i * size + i] as number),
    vectors,
  };
}

interface Plane {
  readonly size: number;
  readonly p: number;
  readonly q: number;
}

/** Turns the plane of two directions so that the matrix no longer mixes them. */
function rotate(a: Float64Array, vectors: Float64Array, { size, p, q }: Plane): void {
  const mixed = a[p * size + q] as number;
  if (Math.abs(mixed) < 1e-15) return;
  const difference = (a[q * size + q] as number) - (a[p * size + p] as number);
  const theta = difference / (2 * mixed);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  for (let i = 0; i < size; i++) turn(a, [i * size + p, i * size + q], [cosine, sine]);
  for (let i = 0; i < size; i++) turn(a, [p * size + i, q * size + i], [cosine, sine]);
  for (let i = 0; i < size; i++) turn(vectors, [i * size + p, i * size + q], [cosine, sine]);
}

type Two = readonly [number, number];

function turn(cells: Float64Array, [left, right]: Two, [cosine, sine]: Two): void {
  const one = cells[left] as number;
  const two = cells[right] as number;
  cells[left] = cosine * one - sine * two;
  cells[right] = sine * one + cosine * two;
}
