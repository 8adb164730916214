// Bytes put together piece by piece, up to a limit, without copying them again for every piece.

export class ByteCollector {
  /** The bytes collected so far begin this buffer; it is reused after `clear`. */
  bytes: Buffer = Buffer.alloc(0);
  length = 0;

  append(source: Buffer, start: number, end: number): void {
    const needed = this.length + (end - start);
    if (needed > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(256, needed, this.bytes.length * 2));
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
    source.copy(this.bytes, this.length, start, end);
    this.length = needed;
  }

  clear(): void {
    this.length = 0;
    // One large piece must not hold its memory for the rest of a long stream.
    if (this.bytes.length > largestKept) this.bytes = Buffer.alloc(0);
  }

  /** A copy of what was collected. */
  copy(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length));
  }
}

const largestKept = 16_384;
