// Figures as they are shown: four digits behind the point say more than any test set can.

export function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

/** `part` of `whole`, 0 where there is nothing to take a part of. */
export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : rounded(part / whole);
}
