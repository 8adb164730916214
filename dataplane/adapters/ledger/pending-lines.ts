// The records that the ledger must not forget yet: those that are in no file, and those that are
// in one but not known to be safe there.
//
// They are kept as bytes in a few large buffers. As strings, thousands of them would outlive every
// collection of young garbage and be copied by each.

const defaultChunkBytes = 262_144;

interface Chunk {
  readonly bytes: Buffer;
  /** How much of it holds lines; no line goes on in the next chunk. */
  used: number;
}

export class PendingLines {
  readonly #chunkBytes: number;
  /** Length in bytes of each line. */
  #lengths: number[] = [];
  #bytes = 0;
  #chunks: Chunk[] = [];
  /** Where the first line begins in the first chunk. */
  #first = 0;
  /** So many of the first lines are whole in the segment, */
  #written = 0;
  /** and so many bytes of the next one, */
  #partial = 0;
  /** which begins at this offset of this chunk. */
  #chunk = 0;
  #offset = 0;

  /** Chunks are smaller in tests alone. */
  constructor(chunkBytes = defaultChunkBytes) {
    this.#chunkBytes = chunkBytes;
  }

  get count(): number {
    return this.#lengths.length;
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
    const next = this.#lengths[this.#written];
    return next && next - this.#partial;
  }

  /** Takes a line that is `length` bytes long. */
  push(text: string, length: number): void {
    const chunk = this.#chunkWith(length);
    chunk.bytes.write(text, chunk.used);
    chunk.used += length;
    this.#lengths.push(length);
    this.#bytes += length;
  }

  /** What is to be written next: some whole lines, `maxBytes` at most, but one at least. */
  batch(maxBytes: number): Buffer {
    this.#leaveFullChunk();
    const bytes = this.#chunks[this.#chunk]?.bytes;
    const used = this.#chunks[this.#chunk]?.used ?? 0;
    const start = this.#offset + this.#partial;
    let end = this.#offset;
    for (let index = this.#written; end < used; index += 1) {
      const next = end + (this.#lengths[index] ?? 0);
      if (end > this.#offset && next - start > maxBytes) break;
      end = next;
    }
    return bytes?.subarray(start, end) ?? Buffer.alloc(0);
  }

  /** Notes that `bytes` more of the batch are in the segment. */
  advance(bytes: number): void {
    this.#partial += bytes;
    for (;;) {
      const length = this.#lengths[this.#written];
      if (length === undefined || this.#partial < length) return;
      this.#partial -= length;
      this.#offset += length;
      this.#written += 1;
    }
  }

  /** Forgets the lines that are written whole: they are as safe as they are meant to be. */
  release(): void {
    for (const length of this.#lengths.splice(0, this.#written)) this.#bytes -= length;
    this.#written = 0;
    this.#chunks.splice(0, this.#chunk);
    this.#chunk = 0;
    this.#first = this.#offset;
    if (this.#lengths.length === 0) this.#reuseChunk();
  }

  /** Takes back every line that was not released: what was written of them is void. */
  rewind(): void {
    this.#written = 0;
    this.#partial = 0;
    this.#chunk = 0;
    this.#offset = this.#first;
  }

  #chunkWith(room: number): Chunk {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.bytes.length - last.used >= room) return last;
    const chunk = { bytes: Buffer.allocUnsafeSlow(Math.max(this.#chunkBytes, room)), used: 0 };
    this.#chunks.push(chunk);
    return chunk;
  }

  #leaveFullChunk(): void {
    const chunk = this.#chunks[this.#chunk];
    if (chunk === undefined || this.#offset < chunk.used) return;
    if (this.#chunk === this.#chunks.length - 1) return;
    this.#chunk += 1;
    this.#offset = 0;
  }

  /** Nothing waits any more, so that the next line may begin where the first one did. */
  #reuseChunk(): void {
    for (const chunk of this.#chunks) chunk.used = 0;
    this.#first = 0;
    this.#offset = 0;
  }
}
