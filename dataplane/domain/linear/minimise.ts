// Finds the minimum of a smooth convex function: limited-memory BFGS. It knows no model, and the same
// function always gives the same result.

import { addScaled, dot } from './vectors.ts';

/** Returns the value at `at` and writes the gradient there into `gradient`. */
export type Objective = (at: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  /** Most steps taken. */
  readonly maxSteps: number;
  /** It ends when the largest part of the gradient is this small. */
  readonly tolerance: number;
}

const remembered = 8;
/** Of the decrease that the slope promises, what a step must give at least (Armijo). */
const leastDecrease = 1e-4;
const shortestStep = 1e-10;

interface Pair {
  /** How the place changed in one step, and how the gradient did. */
  readonly move: Float64Array;
  readonly turn: Float64Array;
  /** 1 / (move · turn) */
  readonly scale: number;
}

/** The place of the minimum, from zero. */
export function minimise(
  objective: Objective,
  size: number,
  { maxSteps, tolerance }: MinimiseOptions,
): Float64Array {
  let at = new Float64Array(size);
  let gradient = new Float64Array(size);
  let nextAt = new Float64Array(size);
  let nextGradient = new Float64Array(size);
  const pairs: Pair[] = [];
  let value = objective(at, gradient);
  for (let steps = 0; steps < maxSteps && largest(gradient) > tolerance; steps++) {
    const direction = directionFrom(gradient, pairs);
    const slope = dot(direction, gradient);
    let step = pairs.length === 0 ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
    let nextValue: number;
    for (;;) {
      for (let i = 0; i < size; i++) {
        nextAt[i] = (at[i] as number) + step * (direction[i] as number);
      }
      nextValue = objective(nextAt, nextGradient);
      if (nextValue <= value + leastDecrease * step * slope) break;
      step /= 2;
      if (step < shortestStep) return at;
    }
    remember(pairs, difference(nextAt, at), difference(nextGradient, gradient));
    [at, nextAt] = [nextAt, at];
    [gradient, nextGradient] = [nextGradient, gradient];
    value = nextValue;
  }
  return at;
}

function remember(pairs: Pair[], move: Float64Array, turn: Float64Array): void {
  const curvature = dot(move, turn);
  // Rounding may make it nothing at the very end; such a pair would point anywhere.
  if (curvature <= 1e-12 * dot(turn, turn)) return;
  pairs.push({ move, turn, scale: 1 / curvature });
  if (pairs.length > remembered) pairs.shift();
}

/** The two loops of Nocedal: minus the gradient, through what the last steps taught of curvature. */
function directionFrom(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((part) => -part);
  const factors: number[] = [];
  for (const { move, turn, scale } of pairs.toReversed()) {
    const factor = scale * dot(move, direction);
    addScaled(direction, turn, -factor);
    factors.push(factor);
  }
  const last = pairs.at(-1);
  if (last !== undefined) {
    const stretch = 1 / (last.scale * dot(last.turn, last.turn));
    direction.forEach((part, i) => {
      direction[i] = part * stretch;
    });
  }
  for (const { move, turn, scale } of pairs) {
    const factor = factors.pop() ?? 0;
    addScaled(direction, move, factor - scale * dot(turn, direction));
  }
  return direction;
}

function difference(left: Float64Array, right: Float64Array): Float64Array {
  return left.map((part, i) => part - (right[i] as number));
}

function largest(parts: Float64Array): number {
  let most = 0;
  for (const part of parts) most = Math.max(most, Math.abs(part));
  return most;
}
