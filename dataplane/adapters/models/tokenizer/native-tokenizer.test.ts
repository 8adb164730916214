import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { bpeTokenizerFile } from '../../../../test/kit/models/tokenizer-files.ts';
import { loadNativeTokenizers } from './native-tokenizer.ts';
import { readTokenizer } from './read-tokenizer.ts';
import type { Tokenizer } from './tokenizer.ts';

const characters = 'abs<>/😀é';

function open(): Promise<Tokenizer> {
  return readTokenizer(bpeTokenizerFile(characters), loadNativeTokenizers);
}

test('offsets count UTF-16 units, where the package counts code points', async () => {
  const text = '😀a 😀😀 b𝐀é';
  const { ids, starts, ends } = await (await open()).encode(text);
  const pieces = ['<s>', '</s>', '<unk>', ...Array.from(characters)];
  expect(Array.from(ids, (id, at) => [pieces[id], text.slice(starts[at], ends[at])])).toEqual([
    ['😀', '😀'],
    ['a', 'a'],
    ['😀', '😀'],
    ['😀', '😀'],
    ['b', 'b'],
    ['<unk>', '𝐀'],
    ['é', 'é'],
  ]);
});

test('what surrounds a text is told, and is not in it', async () => {
  const tokenizer = await open();
  expect(tokenizer).toMatchObject({ prefix: [0], suffix: [1], unknownId: 2 });
  expect(Array.from((await tokenizer.encode('ab')).ids)).toEqual([3, 4]);
});

test('a text that spells special tokens gets the tokens of its characters', async () => {
  const text = 'a<s></s><<s>>b';
  const { ids, starts } = await (await open()).encode(text);
  expect(ids).toHaveLength(text.length);
  expect(Array.from(starts)).toEqual(Array.from(text, (_, at) => at));
  expect(Array.from(ids).every((id) => id >= 3)).toBe(true);
});

test('no text at all gets a special token', async () => {
  const tokenizer = await open();
  const spelling = fc
    .array(fc.constantFrom('<s>', '</s>', '<unk>', '<', 's', '>', '/', ' ', 'a', '😀'), {
      maxLength: 20,
    })
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(spelling, async (text) => {
      const { ids, starts, ends } = await tokenizer.encode(text);
      expect(Array.from(ids).some((id) => id < 2)).toBe(false);
      expect(Array.from(ids, (_, at) => text.slice(starts[at], ends[at])).join('')).toBe(
        text.replaceAll(' ', ''),
      );
    }),
    { numRuns: 200 },
  );
});
