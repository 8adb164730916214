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

  /** The new text; the very same Buffer when nothing was to be replaced. */
  apply(original: Buffer): Buffer {
    const { replacements } = this;
    if (replacements.length === 0) return original;
    replacements.sort((a, b) => a.start - b.start || a.end - b.end);
    let length = original.length;
    for (const { start, end, bytes } of replacements) length += bytes.length - (end - start);
    const result = Buffer.allocUnsafe(length);
    let from = 0;
    let to = 0;
    for (const { start, end, bytes } of replacements) {
      if (start < from) throw new RangeError('replacements of one text overlap');
      to += original.copy(result, to, from, start);
      to += bytes.copy(result, to);
      from = end;
    }
    original.copy(result, to, from);
    return result;
  }
}
