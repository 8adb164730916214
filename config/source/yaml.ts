// YAML text to plain data, within bounds, keeping where everything stands. It knows YAML and nothing
// of what the keys mean.
import {
  Composer,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  visit,
  type CST,
  type Document,
  type Node,
  type Pair,
  type ParsedNode,
} from 'yaml';
import { quote, type Path } from './problem.ts';

/** Line and column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something that the text itself is wrong in. */
export interface Fault extends Position {
  readonly message: string;
}

export type YamlSource =
  | {
      readonly ok: true;
      /** Plain data: null, booleans, numbers, strings, arrays, objects. */
      readonly value: unknown;
      /** Where the key or item at `path` stands; where it is missing, what it would be in. */
      readonly locate: (path: Path) => Position;
      readonly warnings: readonly Fault[];
    }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** A ConfigMap holds no more. */
export const maxSourceBytes = 1_048_576;
/** Values of one file, with each use of an anchor counted anew. */
const maxValues = 250_000;
const maxDepth = 64;
/** A level takes one or two entries; what composes the values after it is recursive. */
const maxParserStack = 200;
const maxFaults = 100;
const maxAliases = 1000;
const tooManyAliases = `uses anchors more than ${maxAliases} times, directly or through each other`;
const tooDeep = `is nested more than ${maxDepth} levels deep`;

const start: Position = { line: 1, column: 1 };

/** Reads one document. Never throws, whatever the bytes are. */
export function readYaml(input: string | Uint8Array): YamlSource {
  const size = typeof input === 'string' ? Buffer.byteLength(input) : input.length;
  if (size > maxSourceBytes) {
    return fail(`is ${size} bytes long; at most ${maxSourceBytes} are read`);
  }
  if (typeof input === 'string') return readText(input.replace(/^\ufeff/, ''));
  try {
    return readText(new TextDecoder('utf-8', { fatal: true }).decode(input));
  } catch {
    return fail('is not valid UTF-8', { line: lineOfInvalidUtf8(input), column: 1 });
  }
}

function fail(message: string, position: Position = start): YamlSource {
  return { ok: false, faults: [{ ...position, message }] };
}

function lineOfInvalidUtf8(bytes: Uint8Array): number {
  const newline = 0x0a;
  for (let begin = 0, line = 1; begin <= bytes.length; line++) {
    const end = bytes.indexOf(newline, begin);
    const stop = end < 0 ? bytes.length : end;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(begin, stop));
    } catch {
      return line;
    }
    begin = stop + 1;
  }
  return 1;
}

function readText(text: string): YamlSource {
  const lines = new LineCounter();
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  try {
    const { document, faults } = compose(text, lines, positionAt);
    if (faults.length > 0) return { ok: false, faults };
    if (document?.contents == null || isEmpty(document.contents)) return fail('is empty');
    const further = inspect(document, positionAt);
    if (further.length > 0) return { ok: false, faults: further };
    const value: unknown = document.toJS({ maxAliasCount: maxAliases + 1 });
    const excess = excessOf(value);
    if (excess !== undefined) return fail(excess);
    return {
      ok: true,
      value,
      locate: (path) => positionAt(offsetOf(document, path)),
      warnings: document.warnings.map(({ message, pos: [offset] }) => ({
        ...positionAt(offset),
        message,
      })),
    };
  } catch (error) {
    return fail(sentenceFor(error));
  }
}

function sentenceFor(error: unknown): string {
  if (error instanceof RangeError) return tooDeep;
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith('Excessive alias count')) return tooManyAliases;
  return `cannot be read as YAML: ${message}`;
}

interface Composed {
  readonly document: Document.Parsed | undefined;
  readonly faults: readonly Fault[];
}

function compose(
  text: string,
  lines: LineCounter,
  positionAt: (offset: number) => Position,
): Composed {
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: true,
    resolveKnownTags: false,
    stringKeys: true,
    // Comparing each key with each other takes quadratic time; `inspect` does not.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const documents: Document.Parsed[] = [];
  const faults: Fault[] = [];
  for (const token of tokensOf(text, parser, lines)) {
    if (token === tooDeep)
      return { document: undefined, faults: [{ ...positionAt(parser.offset), message: tooDeep }] };
    if (token.type === 'error')
      faults.push({ ...positionAt(token.offset), message: token.message });
    if (faults.length >= maxFaults) return { document: undefined, faults };
    documents.push(...composer.next(token));
  }
  documents.push(...composer.end(true, text.length));
  const [document, second] = documents;
  if (second !== undefined) {
    const message = 'begins a second document, and a configuration is one';
    faults.push({ ...positionAt(second.range[0]), message });
  }
  for (const { message, pos } of (document?.errors ?? []).slice(0, maxFaults)) {
    faults.push({ ...positionAt(pos[0]), message });
  }
  return { document, faults: unique(faults) };
}

/** The tokens that the parser makes of the text; `tooDeep` where it would need too large a stack. */
function* tokensOf(
  text: string,
  parser: Parser,
  lines: LineCounter,
): Generator<CST.Token | typeof tooDeep> {
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > maxParserStack) yield tooDeep;
  }
  yield* parser.end();
}

function unique(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((fault) => [`${fault.line}: ${fault.message}`, fault])).values()];
}

function isEmpty(node: ParsedNode): boolean {
  return isScalar(node) && node.value === null;
}

/** What the parser lets pass and we do not: repeated keys, aliases without anchor, or too many. */
function inspect(
  document: Document.Parsed,
  positionAt: (offset: number) => Position,
): readonly Fault[] {
  const faults: Fault[] = [];
  const anchors = new Set<string>();
  let aliases = 0;
  const report = (node: Node, message: string): symbol | undefined => {
    faults.push({ ...positionAt(node.range?.[0] ?? 0), message });
    return faults.length >= maxFaults ? visit.BREAK : undefined;
  };
  const remember = ({ anchor }: { anchor?: string }): void => {
    if (anchor !== undefined) anchors.add(anchor);
  };
  visit(document, {
    Alias(_, alias) {
      if (++aliases > maxAliases) {
        report(alias, tooManyAliases);
        return visit.BREAK;
      }
      if (anchors.has(alias.source)) return undefined;
      return report(alias, `there is no anchor &${alias.source} before this line`);
    },
    Scalar: (_, scalar) => {
      remember(scalar);
    },
    Seq: (_, sequence) => {
      remember(sequence);
    },
    Map(_, map) {
      remember(map);
      const firstLines = new Map<string, number>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const { line } = positionAt(key.range?.[0] ?? 0);
        const first = firstLines.get(name);
        if (first === undefined) firstLines.set(name, line);
        // Each merge adds its keys, so there may be several.
        else if (name !== '<<') {
          const message = `the key ${quote(name)} stands here and on line ${first}`;
          if (report(key, message) !== undefined) return visit.BREAK;
        }
      }
      return undefined;
    },
  });
  return faults;
}

/** Why the data is too much to work with; undefined when it is not. Cycles are too deep. */
function excessOf(root: unknown): string | undefined {
  const waiting: [value: unknown, depth: number][] = [[root, 1]];
  let values = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [value, depth] = next;
    if (++values > maxValues) return `holds more than ${maxValues} values`;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > maxDepth) return tooDeep;
    for (const child of Object.values(value)) waiting.push([child, depth + 1]);
  }
  return undefined;
}

/** The offset of the key or item at the end of `path`, or of the last thing on the way there. */
function offsetOf(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = pairOf(document, node.items, String(step));
      if (pair === undefined) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (node === undefined) break;
      offset = startOf(node) ?? offset;
    } else break;
  }
  return offset;
}

/** The last pair with that key, in the map or in what it merges. */
function pairOf(document: Document.Parsed, items: readonly Pair[], name: string): Pair | undefined {
  const direct = items.findLast(({ key }) => isScalar(key) && String(key.value) === name);
  if (direct !== undefined) return direct;
  for (const { key, value } of items) {
    if (!isScalar(key) || String(key.value) !== '<<') continue;
    for (const source of isSeq(value) ? value.items : [value]) {
      const merged = isAlias(source) ? source.resolve(document) : source;
      const pair = isMap(merged) ? pairOf(document, merged.items, name) : undefined;
      if (pair !== undefined) return pair;
    }
  }
  return undefined;
}

function startOf(item: unknown): number | undefined {
  const node = isPair(item) ? item.key : item;
  return isNode(node) ? node.range?.[0] : undefined;
}
