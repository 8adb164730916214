// One JSON text and the places of its values: navigation over the tape of a scan, and decoding of
// the few values that somebody asks for. It knows no field's name.
import { isUtf8 } from 'node:buffer';
import { flags, JsonScanner, kinds, nodeSize, slots, type Span } from './scanner.ts';
import { decodeString } from './text.ts';

/** Why a text is not JSON. `message` quotes nothing of it, so that it may be sent to the client. */
export interface JsonProblem {
  readonly message: string;
  /** Offset in bytes of what does not fit. */
  readonly offset: number;
}

/** A value within a document. `none` stands for an absent one, and is accepted wherever a node is. */
export type JsonNode = number;
export const none: JsonNode = -1;

// Scanning is synchronous and keeps nothing, so that one scanner serves all documents.
const scanner = new JsonScanner();

// Small tapes are cut from shared slabs, as Node does with small Buffers: an array of its own
// costs more than scanning a short text.
const slabSize = 65_536;
const slabReserve = 2_048;
let slab = new Int32Array(slabSize);
let slabUsed = 0;

const noBytes: Buffer = Buffer.alloc(0);
const noTape = new Int32Array(0);

/**
 * A document is reused by calling `load` again, which invalidates its nodes; a stream of small
 * texts then allocates nothing.
 */
export class JsonDocument {
  bytes = noBytes;
  /** The outermost value; `none` after a failed `load`. */
  root: JsonNode = none;
  private tape = noTape;
  private isOnSlab = false;

  /**
   * Reads the text that spans a part of `bytes`. Answers with a problem, and holds no value then,
   * unless that is one JSON value; UTF-8 is not checked.
   */
  load(bytes: Buffer, span: Span): JsonProblem | undefined {
    if (this.isOnSlab) this.tape = noTape;
    this.isOnSlab = false;
    return this.scan(bytes, span, this.tape, 0) < 0 ? problemOf(span) : undefined;
  }

  /** As `load`, for a document that is read once and kept. */
  loadOnce(bytes: Buffer, span: Span): JsonProblem | undefined {
    if (slabUsed + slabReserve > slabSize) {
      slab = new Int32Array(slabSize);
      slabUsed = 0;
    }
    const end = this.scan(bytes, span, slab, slabUsed);
    this.isOnSlab = this.tape === slab;
    if (this.isOnSlab && end > 0) slabUsed = end;
    return end < 0 ? problemOf(span) : undefined;
  }

  kind(node: JsonNode): number {
    return node < 0 ? 0 : this.slot(node, slots.kind) & flags.kind;
  }

  start(node: JsonNode): number {
    return this.slot(node, slots.start);
  }

  end(node: JsonNode): number {
    return this.slot(node, slots.end);
  }

  /** Number of members or elements; 0 for scalars. */
  count(node: JsonNode): number {
    const kind = this.kind(node);
    return kind === kinds.object || kind === kinds.array ? this.slot(node, slots.count) : 0;
  }

  /** The first listed member or element, or `none`. */
  first(node: JsonNode): JsonNode {
    if (node < 0) return none;
    const inner = node + nodeSize;
    return inner < this.slot(node, slots.next) ? inner : none;
  }

  /** The listed member or element of `parent` after `node`, or `none`. */
  next(parent: JsonNode, node: JsonNode): JsonNode {
    const following = this.slot(node, slots.next);
    return following < this.slot(parent, slots.next) ? following : none;
  }

  keyStart(node: JsonNode): number {
    return this.slot(node, slots.keyStart);
  }

  keyEnd(node: JsonNode): number {
    return this.slot(node, slots.keyEnd);
  }

  keyEscaped(node: JsonNode): boolean {
    return (this.slot(node, slots.kind) & flags.keyEscaped) !== 0;
  }

  /** The decoded key of a member: `mod\u0065l` is `model`. */
  key(node: JsonNode): string {
    const start = this.keyStart(node) - 1;
    return decodeString(this.bytes, start, this.keyEnd(node) + 1, this.keyEscaped(node));
  }

  /** Whether a member has this key; decodes only what is not plain ASCII. */
  keyIs(node: JsonNode, key: string): boolean {
    if (this.keyEscaped(node)) return this.key(node) === key;
    const start = this.keyStart(node);
    for (let index = 0; index < key.length; index += 1) {
      const unit = key.charCodeAt(index);
      if (unit > 0x7f) return this.key(node) === key;
      if (this.bytes[start + index] !== unit) return false;
    }
    return this.keyEnd(node) - start === key.length;
  }

  /** The text of a string; undefined for everything else. */
  string(node: JsonNode): string | undefined {
    if (this.kind(node) !== kinds.string) return undefined;
    return decodeString(this.bytes, this.start(node), this.end(node), this.isEscaped(node));
  }

  /** Length in UTF-8 bytes of a string's text; 0 for everything else. */
  stringLength(node: JsonNode): number {
    if (this.kind(node) !== kinds.string) return 0;
    return this.end(node) - this.start(node) - 2 - this.slot(node, slots.count);
  }

  /** The value as JSON.parse gives it: for small values only. */
  value(node: JsonNode): unknown {
    if (node < 0) return undefined;
    return JSON.parse(this.bytes.toString('utf8', this.start(node), this.end(node)));
  }

  private scan(bytes: Buffer, span: Span, tape: Int32Array<ArrayBuffer>, base: number): number {
    const end = scanner.scan(bytes, span, tape, base);
    this.bytes = bytes;
    this.tape = scanner.takeTape();
    this.root = end < 0 ? none : base;
    return end;
  }

  private isEscaped(node: JsonNode): boolean {
    return (this.slot(node, slots.kind) & flags.escaped) !== 0;
  }

  private slot(node: JsonNode, slot: number): number {
    return this.tape[node + slot] ?? 0;
  }
}

function problemOf(span: Span): JsonProblem {
  const offset = scanner.problemAt - span.start;
  return { message: `${scanner.problem} at byte ${offset}`, offset };
}

/**
 * Reads a whole JSON text: valid UTF-8, one value, white space around it. A byte order mark before
 * it is stepped over, as RFC 8259 allows and Python's parser does.
 */
export function parseJson(bytes: Buffer): JsonDocument | JsonProblem {
  if (!isUtf8(bytes)) return { message: 'the text is not valid UTF-8', offset: 0 };
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const document = new JsonDocument();
  return document.loadOnce(bytes, { start, end: bytes.length }) ?? document;
}
