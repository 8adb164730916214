// The records that the ledger must not forget yet: those that are in no file, and those that are
// in one but not known to be safe there.

interface Line {
  readonly text: string;
  /** Length in bytes. */
  readonly length: number;
}

export class PendingLines {
  // As text, since a Buffer for each record would cost more than its bytes.
  #lines: Line[] = [];
  #bytes = 0;
  /** So many of the first lines are whole in the segment, */
  #written = 0;
  /** and so many bytes of the next one. */
  #partial = 0;

  get count(): number {
    return this.#lines.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of a line that was cut by a partial write. */
  get partialBytes(): number {
    return this.#partial;
  }

  /** Length of what is still to be written of the next line; undefined when all lines are. */
  get nextLength(): number | undefined {
    const next = this.#lines[this.#written];
    return next && next.length - this.#partial;
  }

  /** Takes a line that is `length` bytes long. */
  push(text: string, length: number): void {
    this.#lines.push({ text, length });
    this.#bytes += length;
  }

  /** What is to be written next: whole lines up to `maxBytes`, one at least. */
  batch(maxBytes: number): Buffer {
    let text = '';
    let length = -this.#partial;
    for (let index = this.#written; index < this.#lines.length; index += 1) {
      const line = this.#lines[index];
      if (line === undefined || (text !== '' && length + line.length > maxBytes)) break;
      text += line.text;
      length += line.length;
    }
    return Buffer.from(text).subarray(this.#partial);
  }

  /** Notes that `bytes` more of the batch are in the segment. */
  advance(bytes: number): void {
    this.#partial += bytes;
    for (;;) {
      const line = this.#lines[this.#written];
      if (line === undefined || this.#partial < line.length) return;
      this.#partial -= line.length;
      this.#written += 1;
    }
  }

  /** Forgets the lines that are written whole: they are as safe as they are meant to be. */
  release(): void {
    for (const line of this.#lines.splice(0, this.#written)) this.#bytes -= line.length;
    this.#written = 0;
  }

  /** Takes back every line that was not released: what was written of them is void. */
  rewind(): void {
    this.#written = 0;
    this.#partial = 0;
  }
}
