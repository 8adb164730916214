// Vectors of one length in one piece of memory, and the search among some of them for those most
// like another: all are looked at, so that none is missed. A WebAssembly module does it ten times as
// fast as JavaScript (measured).
import { scanModule } from './scan-module.ts';

// Where scan.wat has what, in bytes.
const listStart = 16_384;
const foundStart = 32_768;
const vectorStart = 65_536;
/** Rows that fit into the list. */
const rowsPerScan = 4_096;
const pageBytes = 65_536;
/** Floats that one turn of the inner loop takes. */
const laneFloats = 16;

const maxDimensions = listStart / 4;

/** A module takes a moment to compile, and serves all tables. */
const compiled = new WebAssembly.Module(scanModule);

interface ScanExports {
  readonly memory: WebAssembly.Memory;
  readonly scan: (count: number, stride: number, atLeast: number) => number;
}

export interface ScanHit {
  readonly row: number;
  readonly similarity: number;
}

export class VectorTable {
  readonly dimensions: number;
  readonly #strideFloats: number;
  readonly #exports: ScanExports;
  readonly #free: number[] = [];
  #rows = 0;
  #floats: Float32Array;
  #integers: Int32Array;

  constructor(dimensions: number) {
    if (dimensions < 1 || dimensions > maxDimensions) {
      throw new RangeError(`vectors of ${dimensions} numbers are not 1 to ${maxDimensions} long`);
    }
    this.dimensions = dimensions;
    this.#strideFloats = Math.ceil(dimensions / laneFloats) * laneFloats;
    const instance = new WebAssembly.Instance(compiled);
    this.#exports = instance.exports as unknown as ScanExports;
    this.#floats = new Float32Array(this.#exports.memory.buffer);
    this.#integers = new Int32Array(this.#exports.memory.buffer);
  }

  /** Bytes that each vector takes. */
  get rowBytes(): number {
    return this.#strideFloats * 4;
  }

  /** The row that now holds the vector; the row of one that was removed is used again. */
  add(vector: Float32Array): number {
    const row = this.#free.pop() ?? this.#rows;
    if (row === this.#rows) {
      this.#rows += 1;
      this.#reserve();
    }
    const start = this.#floatOf(row);
    this.#floats.fill(0, start, start + this.#strideFloats);
    this.#floats.set(vector, start);
    return row;
  }

  remove(row: number): void {
    this.#free.push(row);
  }

  /** A copy. */
  get(row: number): Float32Array {
    const start = this.#floatOf(row);
    return this.#floats.slice(start, start + this.dimensions);
  }

  /** Of the first `count` rows listed those whose product with the query is at least so much. */
  scan(rows: Int32Array, count: number, query: Float32Array, atLeast: number): ScanHit[] {
    this.#floats.fill(0, 0, this.#strideFloats);
    this.#floats.set(query, 0);
    const hits: ScanHit[] = [];
    for (let first = 0; first < count; first += rowsPerScan) {
      const part = rows.subarray(first, Math.min(count, first + rowsPerScan));
      this.#integers.set(part, listStart / 4);
      const found = this.#exports.scan(part.length, this.rowBytes, atLeast);
      for (let index = 0; index < found; index += 1) {
        const at = foundStart / 4 + 2 * index;
        hits.push({ row: this.#integers[at] ?? 0, similarity: this.#floats[at + 1] ?? 0 });
      }
    }
    return hits;
  }

  #floatOf(row: number): number {
    return vectorStart / 4 + row * this.#strideFloats;
  }

  /** Grows by half, so that rows are copied seldom. */
  #reserve(): void {
    const { memory } = this.#exports;
    const needed = vectorStart + this.#rows * this.rowBytes;
    const missing = needed - memory.buffer.byteLength;
    if (missing <= 0) return;
    memory.grow(Math.ceil(Math.max(missing, (needed - vectorStart) / 2) / pageBytes));
    this.#floats = new Float32Array(memory.buffer);
    this.#integers = new Int32Array(memory.buffer);
  }
}
