import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, repeatsKey } from './canonical-json.ts';

test('keys in another order and blanks make no difference', () => {
  const one: unknown = JSON.parse('{"b": [1, {"y": 1.0, "x": null}], "a": "ü"}');
  const other: unknown = JSON.parse('{"a":"\\u00fc","b":[1,{"x":null,"y":1}]}');
  expect(canonicalJson(one)).toBe('{"a":"ü","b":[1,{"x":null,"y":1}]}');
  expect(canonicalJson(other)).toBe(canonicalJson(one));
});

test('what is to be left out is left out on top, and stays below', () => {
  expect(canonicalJson({ user: 1, in: { user: 2 } }, new Set(['user']))).toBe('{"in":{"user":2}}');
});

test.each(['12345678901234567890', '1e400', '9007199254740993'])(
  '%s has no canonical text',
  (number) => {
    expect(canonicalJson(JSON.parse(`{"seed":${number}}`))).toBeUndefined();
  },
);

test('different values have different texts', () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  fc.assert(
    fc.property(value, value, (one, other) => {
      const [a, b] = [canonicalJson(one), canonicalJson(other)];
      if (a !== undefined && b !== undefined && a === b) {
        // -0 is 0 to every reader.
        expect(JSON.parse(a)).toEqual(JSON.parse(JSON.stringify(one)));
        expect(JSON.parse(a)).toEqual(JSON.parse(JSON.stringify(other)));
      }
    }),
  );
});

test('a repeated key is seen at any depth, and no other key', () => {
  const repeats = (text: string): boolean => repeatsKey(Buffer.from(text), JSON.parse(text));
  expect(repeats('{"a":1,"a":2}')).toBe(true);
  expect(repeats('{"a":[{"b":{"c":{"d":{"e":{"f":{"g":1,"g":1}}}}}}]}')).toBe(true);
  expect(repeats('{"a":1,"\\u0061":2}')).toBe(true);
  expect(repeats('{"a":":","b":"\\":","c":{"a":1}}')).toBe(false);
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(repeatsKey(Buffer.from(JSON.stringify(JSON.parse(text))), JSON.parse(text))).toBe(
        false,
      );
    }),
  );
});
