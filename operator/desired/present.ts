// Parts of an object that may have nothing to say.

/** The fields that hold something: without undefined, and without empty lists and maps. */
export function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** The lists as one; an entry of `later` takes the place of the one with the same `key`. */
export function overlayBy<Item extends object>(
  key: keyof Item,
  earlier: readonly Item[],
  later: readonly Item[] = [],
): Item[] {
  const replaced = new Set(later.map((item) => item[key]));
  return [...earlier.filter((item) => !replaced.has(item[key])), ...later];
}
