// Texts that are kept from learning, so that a head can be judged by what it has not seen.

export interface HeldOut<Row> {
  readonly seen: readonly Row[];
  readonly held: readonly Row[];
}

/** Texts whose vectors are nearer than this say the same in other words. */
const alike = 0.85;

/**
 * Every fifth row is held out of the others; in neither part are those of the fifth that say what one of
 * the others says, since a head would know them. `vector`: of length 1.
 */
export function holdOut<Row extends { readonly vector: Float32Array }>(
  rows: readonly Row[],
): HeldOut<Row> {
  const seen = rows.filter((_, number) => number % 5 !== 0);
  const held = rows.filter(
    ({ vector }, number) =>
      number % 5 === 0 && !seen.some((other) => cosine(vector, other.vector) > alike),
  );
  return { seen, held };
}

function cosine(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += (left[i] as number) * (right[i] as number);
  return sum;
}
