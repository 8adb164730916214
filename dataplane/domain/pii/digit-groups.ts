// Digits of a text in groups, and series of groups that may be one number. Every series is short, so
// that looking at all of them takes time linear in the text.

export interface DigitGroup {
  readonly start: number;
  readonly end: number;
}

/** Groups that follow each other, parted by blanks, dashes, dots or the like. */
export interface DigitSeries {
  readonly groups: readonly DigitGroup[];
  readonly start: number;
  readonly end: number;
  readonly digits: string;
}

const group = /\d+/g;

export function digitGroups(text: string): DigitGroup[] {
  const groups: DigitGroup[] = [];
  for (const { 0: digits, index } of text.matchAll(group)) {
    groups.push({ start: index, end: index + digits.length });
  }
  return groups;
}

/** The series of the groups `from` to before `to`. */
export function seriesOf(
  text: string,
  groups: readonly DigitGroup[],
  from: number,
  to: number,
): DigitSeries {
  const part = groups.slice(from, to);
  return {
    groups: part,
    start: part[0]?.start ?? 0,
    end: part.at(-1)?.end ?? 0,
    digits: part.map(({ start, end }) => text.slice(start, end)).join(''),
  };
}

/** How the series is grouped, such as `3-2-4`. */
export function shapeOf({ groups }: DigitSeries): string {
  return groups.map(({ start, end }) => end - start).join('-');
}

/** What parts the groups, as a list. */
export function gapsOf(text: string, { groups }: DigitSeries): string[] {
  return groups.slice(1).map(({ start }, index) => text.slice(groups[index]?.end ?? start, start));
}

const partOfName = /[\p{L}\p{M}\p{N}_]/u;
// A decimal point, a path, or the dash of an identifier such as `A-12`.
const joinsBefore = /\d[-.\\/]$|\p{L}[\\/]$|(?:^|[^\p{L}])\p{L}{1,2}-$/u;
const joinsAfter = /^-[\p{L}\p{N}]|^[.\\]\d/u;

/** Whether the stretch stands by itself, and is no part of a longer number, name or path. */
export function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 4), start);
  const after = text.slice(end, end + 2);
  if (partOfName.test(before.slice(-1)) || partOfName.test(after.slice(0, 1))) return false;
  return !joinsBefore.test(before) && !joinsAfter.test(after);
}
