// Solves large systems of linear equations: conjugate gradients. It knows no model, and the same system
// always gives the same solution.
import { addScaled, dot } from './vectors.ts';

export interface SolveOptions {
  /** Most steps taken. */
  readonly maxSteps: number;
  /** It ends when what is left is this part of the right-hand side. */
  readonly tolerance: number;
}

/**
 * The `x` for which `multiply` gives `wanted`. What `multiply` stands for must be symmetric and
 * positive; it writes its result for the first list into the second. Right-hand sides that share a
 * matrix may lie in one list, in whatever order `multiply` understands.
 */
export function solve(
  multiply: (x: Float64Array, result: Float64Array) => void,
  wanted: Float64Array,
  { maxSteps, tolerance }: SolveOptions,
): Float64Array {
  const x = new Float64Array(wanted.length);
  const left = wanted.slice();
  const direction = wanted.slice();
  const image = new Float64Array(wanted.length);
  let size = dot(left, left);
  const enough = size * tolerance * tolerance;
  for (let steps = 0; steps < maxSteps && size > enough; steps++) {
    multiply(direction, image);
    const step = size / dot(direction, image);
    addScaled(x, direction, step);
    addScaled(left, image, -step);
    const next = dot(left, left);
    const turn = next / size;
    for (let i = 0; i < direction.length; i++) {
      direction[i] = (left[i] as number) + turn * (direction[i] as number);
    }
    size = next;
  }
  return x;
}
