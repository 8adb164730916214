// What a number must be for a signal to hold.
import type { Predicate } from '../../../config/schema/index.ts';

/** Without a predicate, whether there is anything at all. */
export function satisfies(value: number, predicate: Predicate | undefined): boolean {
  if (predicate === undefined) return value > 0;
  const { gt, gte, lt, lte } = predicate;
  return (
    (gt === undefined || value > gt) &&
    (gte === undefined || value >= gte) &&
    (lt === undefined || value < lt) &&
    (lte === undefined || value <= lte)
  );
}
