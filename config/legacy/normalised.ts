// A value on its way from an older or newer form of the file to the flat one, and where each part of
// it came from.
import type { Finding, Path } from '../source/problem.ts';

/** A JSON object that nobody has checked yet. */
export type Raw = Readonly<Record<string, unknown>>;

/** What stands at `to` was at `from`; so was what is under it, unless a longer `to` says otherwise. */
export interface Move {
  readonly to: Path;
  readonly from: Path;
}

/** What one step of normalisation made of a value. */
export interface Normalised {
  readonly value: Raw;
  readonly moves: readonly Move[];
  /** Why the file cannot be used, in paths of the value before the step. */
  readonly problems: readonly Finding[];
  /** What the author should know, in paths of the value before the step. */
  readonly warnings: readonly Finding[];
}

/** Where the author wrote what stands at `path` now. */
export function originOf(path: Path, moves: readonly Move[]): Path {
  let best: Move | undefined;
  for (const move of moves) {
    const covers = move.to.every((step, index) => step === path[index]);
    if (covers && move.to.length >= (best?.to.length ?? 0)) best = move;
  }
  return best === undefined ? path : [...best.from, ...path.slice(best.to.length)];
}

export function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `Array.isArray` that promises nothing about the entries. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** The objects of a list with their places; anything else in it is left for the schema to refuse. */
export function rawItems(value: unknown): [index: number, item: Raw][] {
  if (!Array.isArray(value)) return [];
  return [...value.entries()].filter((entry): entry is [number, Raw] => isRaw(entry[1]));
}

/** The objects among the members of an object, by name. */
export function rawMembers(value: unknown): [name: string, member: Raw][] {
  if (!isRaw(value)) return [];
  return Object.entries(value).filter((entry): entry is [string, Raw] => isRaw(entry[1]));
}
