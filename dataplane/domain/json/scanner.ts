// Finds where the values of a JSON text lie, in one pass over its bytes, and refuses what JSON.parse
// refuses (and what is beyond the two limits below). It decodes nothing and knows no field's name.
import { JsonLexer } from './lexer.ts';

/** What a node of the tape is. */
export const kinds = {
  object: 1,
  array: 2,
  string: 3,
  number: 4,
  true: 5,
  false: 6,
  null: 7,
} as const;

/** The kind of a node, and bits beside it: the value, or its key, holds a backslash. */
export const flags = { kind: 7, escaped: 8, keyEscaped: 16 } as const;

/**
 * A tape is a flat list of nodes in document order, `nodeSize` numbers each, at these offsets.
 * `start` and `end` span the value in the bytes (quotes and brackets included); `next` is the
 * offset of the node after this one and all beneath it; the key is spanned without its quotes, -1
 * in an array; `count` is the number of members or elements, and of a string the number of bytes by
 * which its text is shorter than what stands between the quotes. Numbers and literals in an array
 * are counted and not listed (an embedding has thousands), nor is what lies deeper than `listDepth`.
 */
export const slots = {
  kind: 0,
  start: 1,
  end: 2,
  next: 3,
  keyStart: 4,
  keyEnd: 5,
  count: 6,
} as const;
export const nodeSize = 7;

/** Values may be nested this deep; JSON.parse has no limit, Python's parser stops near 1,000. */
export const maxDepth = 512;

/** Largest number of values on a tape, so that a hostile body costs some 60 MB of memory at most. */
export const maxNodes = 1_000_000;

/**
 * The deepest value that anybody reads is a part of a document within the result of a tool:
 * `messages[].content[].content[].source.content[].text`.
 */
const listDepth = 10;

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

const literals = {
  true: Buffer.from('true'),
  false: Buffer.from('false'),
  null: Buffer.from('null'),
} as const;

/** Part of the bytes, `end` excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

// The open containers, outermost first. Scanning is synchronous, so that one stack serves all.
const nodeOf = new Int32Array(maxDepth + 1);
const countOf = new Int32Array(maxDepth + 1);
const isObject = new Uint8Array(maxDepth + 1);

const noTape = new Int32Array(0);

export class JsonScanner {
  private readonly lexer = new JsonLexer();
  private tape = noTape;
  private base = 0;
  private length = 0;
  private depth = 0;
  /** Whether a container was opened and its first value comes next. */
  private opened = false;
  private keyStart = -1;
  private keyEnd = -1;
  private keyFlag = 0;

  /** Why the last scan failed: a constant sentence that never quotes the text. */
  get problem(): string {
    return this.lexer.problem;
  }

  /** Where the last scan failed, as an offset in the bytes. */
  get problemAt(): number {
    return this.lexer.problemAt;
  }

  /**
   * Scans `bytes` from `start` to `end`, which must hold one JSON value, and lists it on `tape` from
   * the offset `base` on. Returns where the list ends on the tape that `takeTape` then gives, or -1
   * with `problem` set.
   */
  scan(bytes: Buffer, { start, end }: Span, tape: Int32Array<ArrayBuffer>, base: number): number {
    const { lexer } = this;
    lexer.load(bytes, end);
    this.tape = tape;
    this.base = base;
    this.length = base;
    this.depth = 0;
    const finished = this.run(lexer.space(start));
    const rest = finished < 0 ? end : lexer.space(finished);
    if (rest < end) lexer.fail(rest, 'unexpected text after the value');
    lexer.unload();
    return finished < 0 || rest < end ? -1 : this.length;
  }

  /** Hands over the tape written last: the one given, or a larger one that begins like it. */
  takeTape(): Int32Array<ArrayBuffer> {
    const { tape } = this;
    this.tape = noTape;
    return tape;
  }

  private run(start: number): number {
    let position = start;
    for (;;) {
      position = this.value(position);
      if (position < 0) return -1;
      if (this.opened) continue;
      if (this.depth > 0) position = this.afterValue(position);
      if (position < 0) return -1;
      if (this.depth === 0) return position;
    }
  }

  /** One scalar, one empty container, or a container's opening up to its first value. */
  private value(position: number): number {
    const { lexer } = this;
    this.opened = false;
    if (this.length - this.base >= maxNodes * nodeSize)
      return lexer.fail(position, 'too many values');
    switch (lexer.at(position)) {
      case quote: {
        const end = lexer.string(position);
        if (end < 0) return end;
        const kind = lexer.escaped ? kinds.string | flags.escaped : kinds.string;
        const node = this.list(kind, position, end);
        if (node >= 0) this.tape[node + slots.count] = lexer.saved;
        return end;
      }
      case openBrace:
        return this.open(kinds.object, position);
      case openBracket:
        return this.open(kinds.array, position);
      case 0x74:
        return this.scalar(kinds.true, position, lexer.literal(position, literals.true));
      case 0x66:
        return this.scalar(kinds.false, position, lexer.literal(position, literals.false));
      case 0x6e:
        return this.scalar(kinds.null, position, lexer.literal(position, literals.null));
      default: {
        const end = lexer.number(position);
        const isElement = this.depth > 0 && isObject[this.depth] === 0;
        return isElement ? this.moreNumbers(end) : this.scalar(kinds.number, position, end);
      }
    }
  }

  /** Goes on from the end of a number (or -1) through the numbers that follow it in an array. */
  private moreNumbers(start: number): number {
    const { lexer, depth } = this;
    let position = start;
    while (position > 0 && lexer.at(position) === comma) {
      const next = lexer.space(position + 1);
      if (!lexer.startsNumber(next)) break;
      countOf[depth] = (countOf[depth] ?? 0) + 1;
      position = lexer.number(next);
    }
    return position;
  }

  /** Lists a number or literal, unless it stands in an array; `end` is -1 where it is none. */
  private scalar(kind: number, start: number, end: number): number {
    if (end > 0 && (this.depth === 0 || isObject[this.depth] === 1)) this.list(kind, start, end);
    return end;
  }

  /** From the end of a value to the next one, closing the containers that end between them. */
  private afterValue(start: number): number {
    const { lexer } = this;
    let position = start;
    while (this.depth > 0) {
      position = lexer.space(position);
      const object = isObject[this.depth] === 1;
      const next = lexer.at(position);
      countOf[this.depth] = (countOf[this.depth] ?? 0) + 1;
      if (next === comma) {
        position = lexer.space(position + 1);
        return object ? this.key(position) : position;
      }
      if (next !== (object ? closeBrace : closeBracket)) {
        return lexer.fail(position, 'a comma or a closing bracket is expected');
      }
      position += 1;
      this.close(position);
    }
    return position;
  }

  private open(kind: 1 | 2, position: number): number {
    const { lexer } = this;
    if (this.depth >= maxDepth) return lexer.fail(position, 'nested too deeply');
    const object = kind === kinds.object;
    const node = this.list(kind, position, -1);
    this.depth += 1;
    nodeOf[this.depth] = node;
    countOf[this.depth] = 0;
    isObject[this.depth] = object ? 1 : 0;
    const inner = lexer.space(position + 1);
    if (lexer.at(inner) === (object ? closeBrace : closeBracket)) {
      this.close(inner + 1);
      return inner + 1;
    }
    this.opened = true;
    return object ? this.key(inner) : inner;
  }

  private close(end: number): void {
    const node = nodeOf[this.depth] ?? -1;
    if (node >= 0) {
      this.tape[node + slots.end] = end;
      this.tape[node + slots.next] = this.length;
      this.tape[node + slots.count] = countOf[this.depth] ?? 0;
    }
    this.depth -= 1;
  }

  /** A key and its colon; returns where the value begins. */
  private key(position: number): number {
    const { lexer } = this;
    if (lexer.at(position) !== quote) return lexer.fail(position, 'a key in quotes is expected');
    const end = lexer.string(position);
    if (end < 0) return -1;
    this.keyStart = position + 1;
    this.keyEnd = end - 1;
    this.keyFlag = lexer.escaped ? flags.keyEscaped : 0;
    const after = lexer.space(end);
    if (lexer.at(after) !== colon) return lexer.fail(after, 'a colon is expected');
    return lexer.space(after + 1);
  }

  /** Writes a node and returns its offset, or -1 when it lies too deep to be listed. */
  private list(kind: number, start: number, end: number): number {
    const { depth, length: node } = this;
    if (depth > listDepth) return -1;
    if (node + nodeSize > this.tape.length) this.grow();
    const { tape } = this;
    const inObject = depth > 0 && isObject[depth] === 1;
    tape[node] = inObject ? kind | this.keyFlag : kind;
    tape[node + 1] = start;
    tape[node + 2] = end;
    tape[node + 3] = node + nodeSize;
    tape[node + 4] = inObject ? this.keyStart : -1;
    tape[node + 5] = inObject ? this.keyEnd : -1;
    tape[node + 6] = 0;
    this.length = node + nodeSize;
    return node;
  }

  private grow(): void {
    const larger = new Int32Array(Math.max(1024, this.tape.length * 2));
    larger.set(this.tape);
    this.tape = larger;
  }
}
