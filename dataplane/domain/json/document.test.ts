import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JsonDocument, type JsonNode, none, parseJson } from './document.ts';
import { kinds, maxDepth, maxNodes } from './scanner.ts';

function parsed(text: string | Buffer): JsonDocument {
  const document = parseJson(Buffer.from(text));
  if (!(document instanceof JsonDocument)) throw new Error(document.message);
  return document;
}

function refusal(text: string | Buffer): string | undefined {
  const document = parseJson(typeof text === 'string' ? Buffer.from(text) : text);
  return document instanceof JsonDocument ? undefined : document.message;
}

function nativeAccepts(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The whole value, rebuilt by walking the nodes; numbers and literals in arrays are not listed. */
function rebuild(document: JsonDocument, node: JsonNode): unknown {
  const children: JsonNode[] = [];
  let child = document.first(node);
  for (; child !== none; child = document.next(node, child)) children.push(child);
  switch (document.kind(node)) {
    case kinds.object:
      expect(document.count(node)).toBe(children.length);
      return Object.fromEntries(
        children.map((member) => [document.key(member), rebuild(document, member)]),
      );
    case kinds.array:
      return {
        count: document.count(node),
        listed: children.map((each) => rebuild(document, each)),
      };
    case kinds.string:
      return document.string(node);
    default:
      return document.value(node);
  }
}

/** What `rebuild` should give for a value. */
function listed(value: unknown): unknown {
  if (Array.isArray(value)) {
    const elements = value.filter((each) => typeof each === 'string' || isContainer(each));
    return { count: value.length, listed: elements.map(listed) };
  }
  // JSON.stringify writes -0 as 0.
  if (!isContainer(value)) return value === 0 ? 0 : value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, listed(inner)]));
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const shallow = fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' });
const spaced = fc.tuple(shallow, fc.constantFrom(undefined, 0, 1, '\t', '\n'));

test('a value is found where it stands, at any alignment in memory', () => {
  fc.assert(
    fc.property(spaced, fc.nat(7), ([value, indent], shift) => {
      const text = Buffer.from(JSON.stringify(value, undefined, indent));
      // The bytes begin and end anywhere in memory, amid other bytes.
      const padded = Buffer.concat([Buffer.alloc(shift + 2, '"'), text, Buffer.from('"}')]);
      const bytes = padded.subarray(shift);
      const document = new JsonDocument();
      expect(document.load(bytes, { start: 2, end: 2 + text.length })).toBeUndefined();
      expect(rebuild(document, document.root)).toEqual(listed(value));
    }),
  );
});

test('exactly what JSON.parse accepts is accepted', () => {
  const pieces = fc.constantFrom(
    ...['{', '}', '[', ']', ',', ':', '"', '\\', '"a"', '"b":', 'true', 'false', 'null', 'tru'],
    ...['0', '1', '-', '.', 'e', 'E+', '1.5e-3', '01', ' ', '\n', '\t', '\u00a0', '\u0000', 'é'],
    ...['\\u00e9', '\\ud83d', '\\x', '\\n', '"\\"', '\u{1f600}', '/', "'", 'NaN', '\ufeff'],
  );
  const mutated = fc
    .tuple(spaced, fc.nat(), fc.nat(4), pieces)
    .map(([[value, indent], at, cut, piece]) => {
      const text = JSON.stringify(value, undefined, indent);
      const place = at % (text.length + 1);
      return text.slice(0, place) + piece + text.slice(place + cut);
    });
  const soup = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(mutated, soup), (text) => {
      // What is no well-formed string cannot arrive as UTF-8; a byte order mark is a case of its own.
      fc.pre(text.isWellFormed() && !text.startsWith('\ufeff'));
      expect(refusal(text) === undefined).toBe(nativeAccepts(text));
    }),
    { numRuns: 5000 },
  );
});

test('every byte of a long string is looked at', () => {
  const plain = fc.string({
    minLength: 0,
    maxLength: 200,
    unit: fc.constantFrom('x', 'é', '#', ' '),
  });
  const odd = fc.constantFrom('\u0000', '\u001f', '\n', '"', '\\', '\\q', '\\u12', '\\u12x4', '');
  fc.assert(
    fc.property(plain, odd, plain, fc.nat(3), (before, piece, after, shift) => {
      const text = `"${before}${piece}${after}"`;
      const bytes = Buffer.from(' '.repeat(shift) + text).subarray(shift);
      expect(refusal(bytes) === undefined).toBe(nativeAccepts(text));
    }),
    { numRuns: 3000 },
  );
});

test('the length of a text is known without decoding it', () => {
  const escaped = fc.string({ unit: 'grapheme', maxLength: 60 }).chain((text) =>
    fc.boolean().map((all) => ({
      text,
      json: all
        ? JSON.stringify(text).replace(
            /[\u0080-\uffff]/g,
            (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`,
          )
        : JSON.stringify(text),
    })),
  );
  fc.assert(
    fc.property(
      escaped,
      fc.string({ unit: fc.constantFrom('\n', 'a', '\\', '"'), maxLength: 150 }),
      ({ text, json }, more) => {
        const document = parsed(json.slice(0, -1) + JSON.stringify(more).slice(1));
        expect(document.stringLength(document.root)).toBe(Buffer.byteLength(text + more));
        expect(document.string(document.root)).toBe(text + more);
      },
    ),
  );
});

test('a key is known by its meaning, not by its spelling', () => {
  const document = parsed('{"mod\\u0065l":1,"é":2,"":3}');
  const first = document.first(document.root);
  expect(document.key(first)).toBe('model');
  expect(document.keyIs(first, 'model')).toBe(true);
  expect(document.keyIs(first, 'modal')).toBe(false);
  const second = document.next(document.root, first);
  expect(document.keyIs(second, 'é')).toBe(true);
  expect(document.keyIs(document.next(document.root, second), '')).toBe(true);
});

test.each([
  ['', 'unexpected end at byte 0'],
  ['{"a":1', 'unexpected end at byte 6'],
  ['"abc', 'unexpected end at byte 4'],
  ['{"a":1}x', 'unexpected text after the value at byte 7'],
  ['{"a" 1}', 'a colon is expected at byte 5'],
  ['{a:1}', 'a key in quotes is expected at byte 1'],
  ['[1 2]', 'a comma or a closing bracket is expected at byte 3'],
  ['[secret]', 'a value is expected at byte 1'],
  ['"\\q"', 'an unknown escape in a string at byte 2'],
])('%s: %s', (text, message) => {
  expect(refusal(text)).toBe(message);
});

test('a byte order mark is stepped over, and nothing else before the value', () => {
  expect(refusal('\ufeff{"a":1}')).toBeUndefined();
  expect(refusal('\ufeff\ufeff{"a":1}')).toBe('a value is expected at byte 0');
});

test.each([[[0xff]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xe2, 0x82]]])(
  'bytes %j are no UTF-8',
  (bytes) => {
    const text = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]);
    expect(refusal(text)).toBe('the text is not valid UTF-8');
  },
);

test('nesting ends at the limit, and costs no stack', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  expect(refusal(nested(maxDepth))).toBeUndefined();
  expect(refusal(nested(maxDepth + 1))).toBe(`nested too deeply at byte ${maxDepth}`);
  expect(refusal('['.repeat(5_000_000))).toBe(`nested too deeply at byte ${maxDepth}`);
  expect(refusal('{"a":'.repeat(maxDepth + 1))).toContain('nested too deeply');
});

test('a body of countless values is refused before it fills the memory', () => {
  expect(refusal(`[${'[],'.repeat(maxNodes + 1)}[]]`)).toContain('too many values');
  // Numbers are not listed, so an embedding may have any number of them.
  expect(refusal(`[${'1,'.repeat(maxNodes + 1)}1]`)).toBeUndefined();
});

test('documents kept side by side do not disturb each other', () => {
  const small = Array.from({ length: 3000 }, (_, index) => parsed(`{"a":{"b":"${index}"}}`));
  const big = parsed(JSON.stringify(Array.from({ length: 20_000 }, (_, index) => `x${index}`)));
  for (const [index, document] of small.entries()) {
    expect(rebuild(document, document.root)).toEqual({ a: { b: `${index}` } });
  }
  expect(big.count(big.root)).toBe(20_000);
});

test('a document that is used again leaves its neighbours alone', () => {
  const first = parsed('{"a":1}');
  const second = parsed('{"b":{"c":[{}]}}');
  const text = Buffer.from(JSON.stringify(Array.from({ length: 50 }, () => ({}))));
  expect(first.load(text, { start: 0, end: text.length })).toBeUndefined();
  expect(first.count(first.root)).toBe(50);
  expect(rebuild(second, second.root)).toEqual({ b: { c: { count: 1, listed: [{}] } } });
});

test('a document that could not be read holds nothing', () => {
  const document = new JsonDocument();
  const good = Buffer.from('{"a":1}');
  expect(document.load(good, { start: 0, end: 7 })).toBeUndefined();
  expect(document.load(good, { start: 0, end: 6 })).toEqual({
    message: 'unexpected end at byte 6',
    offset: 6,
  });
  expect(document.root).toBe(none);
  expect(document.first(document.root)).toBe(none);
  expect(document.kind(document.root)).toBe(0);
});
