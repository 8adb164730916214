import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConnectionError } from '../frames.ts';
import { HpackDecoder } from './decoder.ts';
import { encodeHeaders } from './encode-headers.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

/** The headers of each block in turn, `name: value`. */
function decodeAll(blocks: readonly Buffer[], maxListBytes = 10_000): readonly string[][] {
  const decoder = new HpackDecoder(maxListBytes);
  return blocks.map((block) => decoder.decode(block).map(({ name, value }) => `${name}: ${value}`));
}

function refusal(...blocks: readonly Buffer[]): number | undefined {
  try {
    decodeAll(blocks, 200);
    return undefined;
  } catch (error) {
    if (error instanceof ConnectionError) return error.code;
    throw error;
  }
}

const requests = [
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
  [
    ':method: GET',
    ':scheme: http',
    ':path: /',
    ':authority: www.example.com',
    'cache-control: no-cache',
  ],
  [
    ':method: GET',
    ':scheme: https',
    ':path: /index.html',
    ':authority: www.example.com',
    'custom-key: custom-value',
  ],
];

describe('the examples of RFC 7541, appendix C', () => {
  test('a header that is kept, one that is not, one that must not be, one that is known', () => {
    expect(
      decodeAll([
        hex('400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572'),
        hex('040c 2f73 616d 706c 652f 7061 7468'),
        hex('1008 7061 7373 776f 7264 0673 6563 7265 74'),
        hex('82'),
      ]),
    ).toEqual([
      ['custom-key: custom-header'],
      [':path: /sample/path'],
      ['password: secret'],
      [':method: GET'],
    ]);
  });

  test('requests whose letters stand as they are', () => {
    expect(
      decodeAll([
        hex('8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d'),
        hex('8286 84be 5808 6e6f 2d63 6163 6865'),
        hex('8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65'),
      ]),
    ).toEqual(requests);
  });

  test('the same in the Huffman code', () => {
    expect(
      decodeAll([
        hex('8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff'),
        hex('8286 84be 5886 a8eb 1064 9cbf'),
        hex('8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf'),
      ]),
    ).toEqual(requests);
  });
});

test('earlier headers make way when the table is full, or is made smaller', () => {
  const kept = (name: string, bytes: number): Buffer =>
    Buffer.concat([
      Buffer.from([0x40, name.length]),
      Buffer.from(name),
      // 127 and what is more, seven bits a byte.
      Buffer.from([0x7f, ((bytes - 127) & 0x7f) | 0x80, (bytes - 127) >> 7]),
      Buffer.alloc(bytes, 'x'),
    ]);
  const names = (blocks: readonly Buffer[]): string[] =>
    decodeAll(blocks).flatMap((fields) => fields.map((field) => field.slice(0, 1)));
  const two = [kept('a', 1_900), kept('b', 1_900)];
  // 62 is the newest.
  expect(names([...two, hex('be bf')])).toEqual(['a', 'b', 'b', 'a']);
  expect(names([...two, kept('c', 1_000), hex('be bf')])).toEqual(['a', 'b', 'c', 'c', 'b']);
  expect(() => names([...two, kept('c', 1_000), hex('c0')])).toThrow(ConnectionError);
  // 001 and 2,000: one of them stays.
  expect(names([...two, hex('3f b1 0f be')])).toEqual(['a', 'b', 'b']);
  expect(() => names([...two, hex('3f b1 0f bf')])).toThrow(ConnectionError);
  // Larger than the whole table: nothing stays, and that is no error.
  expect(() => names([...two, kept('d', 4_100), hex('be')])).toThrow(ConnectionError);
});

test.each([
  ['a header with the number 0', '80'],
  ['a header that nobody gave a number', 'be'],
  ['a name that nobody gave a number', '7f 20 01 61'],
  ['a block that ends within a name', '40 05 61 62'],
  ['a block that ends before a value', '40 01 61'],
  ['a block that ends within a number', 'ff'],
  ['a number without end', 'ff ff ff ff ff ff ff ff 01'],
  ['a table larger than was agreed', '3f e2 1f'],
  ['a new size behind a header', '82 20'],
  ['a text that ends within a code', '40 81 fe 01 61'],
  ['a text filled up with zeros', '40 81 18 01 61'],
  ['a text filled up by a whole byte', '40 82 1f ff 01 61'],
  ['a text that holds the end of texts', '40 84 ff ff ff ff 01 61'],
])('%s is malformed', (_, bytes) => {
  expect(refusal(hex(bytes))).toBe(9);
});

test('a list that is too long is refused, however few bytes it takes', () => {
  expect(refusal(hex('82 82 82 82'))).toBeUndefined();
  expect(refusal(hex('82 82 82 82 82'))).toBe(11);
});

test('what this side writes is read as it was meant', () => {
  const letters = fc.string({
    unit: fc.constantFrom(...Array.from('abcxyz-0189 %:/é')),
    maxLength: 300,
  });
  const field = fc.tuple(fc.oneof(letters, fc.constantFrom(':status', 'content-type')), letters);
  fc.assert(
    fc.property(fc.array(field), (fields) => {
      const given = Object.fromEntries([[':status', '200'], ...fields]);
      const [seen] = decodeAll([encodeHeaders(given)], 1_000_000);
      expect(seen).toEqual(Object.entries(given).map(([name, value]) => `${name}: ${value}`));
    }),
  );
});

test('whatever bytes come, nothing else is thrown', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (blocks) => {
      refusal(...blocks.map((block) => Buffer.from(block)));
    }),
    { numRuns: 500 },
  );
});
