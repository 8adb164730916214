import { expect, test } from '@jest/globals';
import { JsonDocument, none, parseJson } from './document.ts';
import { NameTable } from './names.ts';

const names = new NameTable(['model', 'messages', 'stream'] as const);

function keys(text: string, find: 'key' | 'keyIgnoringCase' | 'word'): (string | undefined)[] {
  const document = parseJson(Buffer.from(text));
  if (!(document instanceof JsonDocument)) throw new Error(document.message);
  const found: (string | undefined)[] = [];
  let member = document.first(document.root);
  for (; member !== none; member = document.next(document.root, member)) {
    found.push(names[find](document, member));
  }
  return found;
}

const members = '{"model":1,"mod\\u0065l":1,"Model":1,"modem":1,"\\u004dodel":1,"é":1,"":1}';

test('exact keys, however they are escaped', () => {
  expect(keys(members, 'key')).toEqual([
    'model',
    'model',
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('keys that a decoder indifferent to case would take for a name', () => {
  expect(keys(members, 'keyIgnoringCase')).toEqual([
    'model',
    'model',
    'model',
    undefined,
    'model',
    undefined,
    undefined,
  ]);
  // The long s folds to s for Go.
  expect(keys('{"me\u017f\u017fages":1,"STREAM":1}', 'keyIgnoringCase')).toEqual([
    'messages',
    'stream',
  ]);
});

test('words are strings, whatever their case', () => {
  expect(
    keys('{"a":"stream","b":"Stream","c":"streams","d":1,"e":"s\\u0074ream"}', 'word'),
  ).toEqual(['stream', 'stream', undefined, undefined, 'stream']);
  expect(keys(`{"a":"${'x'.repeat(10_000)}"}`, 'word')).toEqual([undefined]);
});
