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
    this.replacements.push({ start, end, bytes });
  }

  /** The new text: views of the old one and what comes between; undefined where nothing changes. */
  apply(original: Buffer): Buffer[] | undefined {
    const { replacements } = this;
    if (replacements.length === 0) return undefined;
    replacements.sort((a, b) => a.start - b.start || a.end - b.end);
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
