// Replaces some spans of a text and leaves every other byte as it is.

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

/** Replacements in one text, collected in any order and applied at once. */
export class Splices {
  private readonly replacements: Replacement[] = [];

  /**
   * Puts `bytes` in the place of the span; an empty span inserts. Spans must not overlap;
   * insertions at one place keep the order in which they were asked for.
   */
  replace(start: number, end: number, bytes: Buffer): void {
    // Put in its place at once: they are few and nearly in order, and to sort them costs more.
    const { replacements } = this;
    let at = replacements.length;
    while (at > 0 && comesAfter(replacements[at - 1], start, end)) at -= 1;
    replacements.splice(at, 0, { start, end, bytes });
  }

  /** The new text: views of the old one and what comes between; undefined where nothing changes. */
  apply(original: Buffer): Buffer[] | undefined {
    const { replacements } = this;
    if (replacements.length === 0) return undefined;
    const pieces: Buffer[] = [];
    let from = 0;
    for (const { start, end, bytes } of replacements) {
      if (start < from) throw new RangeError('replacements of one text overlap');
      if (start > from) pieces.push(original.subarray(from, start));
      if (bytes.length > 0) pieces.push(bytes);
      from = end;
    }
    if (from < original.length) pieces.push(original.subarray(from));
    return pieces;
  }
}

function comesAfter(other: Replacement | undefined, start: number, end: number): boolean {
  if (other === undefined) return false;
  return other.start > start || (other.start === start && other.end > end);
}
