import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { anyText } from '../../../../test/kit/models/random-text.ts';
import {
  bertTokenizerFile,
  type BertFileOptions,
} from '../../../../test/kit/models/tokenizer-files.ts';
import { createNativeTokenizer, loadNativeTokenizers } from './native-tokenizer.ts';
import { readTokenizer } from './read-tokenizer.ts';
import { tokenizerFileSchema } from './tokenizer-file.ts';
import type { Encoded } from './tokenizer.ts';

const letters = Array.from('abcdefghijklmnopqrstuvwxyz0123456789');
const common: BertFileOptions = {
  pieces: [
    ...['pass', '##word', '##s', 'naive', 'cafe', 'o', "'", 'neil', 'istanbul', 'σασ', 'σας'],
    ...['如', '何', '.', ',', '[', ']', 'sep', '=', '-', '😀', 'the', 'is', '`', '##σ'],
    ...letters.filter((letter) => letter !== 'o'),
    ...letters.flatMap((letter) => (letter === 's' ? [] : [`##${letter}`])),
  ],
};

const tokenizer = await readTokenizer(bertTokenizerFile(common), loadNativeTokenizers);

async function encode(text: string, options: BertFileOptions = common): Promise<Encoded> {
  const own =
    options === common
      ? tokenizer
      : await readTokenizer(bertTokenizerFile(options), loadNativeTokenizers);
  return own.encode(text);
}

/** The tokens as pieces of the file, with the stretches of the text that they stand for. */
async function tokensOf(
  text: string,
  options: BertFileOptions = common,
): Promise<readonly string[]> {
  const { ids, starts, ends } = await encode(text, options);
  const pieces = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...options.pieces];
  return Array.from(ids, (id, at) => `${pieces[id] ?? '?'}|${text.slice(starts[at], ends[at])}`);
}

test.each([
  ['words are split into the longest pieces', 'passwords', ['pass|pass', '##word|word', '##s|s']],
  ['accents and capitals are left out', 'Naïve CAFÉ', ['naive|Naïve', 'cafe|CAFÉ']],
  ['an accent of its own belongs to its letter', 'cafe\u0301.', ['cafe|cafe\u0301', '.|.']],
  ['punctuation stands alone', "O'Neil.", ['o|O', "'|'", 'neil|Neil', '.|.']],
  ['a Chinese character is a word', '如何', ['如|如', '何|何']],
  [
    'what cannot be seen is left out',
    'pass\u200bword',
    ['pass|pass', '##word|\u200bword'.replace('\u200b', '')],
  ],
  ['a dotted capital I is an i', 'İstanbul', ['istanbul|İstanbul']],
  ['a sigma at the end of a word is as any other', 'ΣΑΣ', ['σασ|ΣΑΣ']],
  ['a word that does not come out even is unknown', 'pass\u00f8', ['[UNK]|pass\u00f8']],
  ['offsets count UTF-16 units', '😀 𝐀 is', ['😀|😀', '[UNK]|𝐀', 'is|is']],
  ['a lone surrogate is left out', 'is\ud800', ['is|is']],
  ['a sign that decomposes into punctuation stands alone', 'a≠b', ['a|a', '=|≠', 'b|b']],
  ['a text without words has no tokens', ' \n\u200b ', []],
])('%s', async (_, text, expected) => {
  expect(await tokensOf(text)).toEqual(expected);
});

test('a text never gets a special token, whatever it spells', async () => {
  const text = 'the [SEP] [CLS][PAD] [MASK] [UNK]';
  const { ids } = await encode(text);
  expect(Array.from(ids).filter((id) => id <= 4 && id !== 1)).toEqual([]);
  expect((await tokensOf(text)).slice(0, 4)).toEqual(['the|the', '[|[', 'sep|SEP', ']|]']);
});

test('a word of more characters than the file allows is unknown', async () => {
  const options = { ...common, maxCharactersPerWord: 5 };
  expect(await tokensOf('aaaaa aaaaaa', options)).toEqual([
    'a|a',
    ...Array.from('aaaa', () => '##a|a'),
    '[UNK]|aaaaaa',
  ]);
});

test('a file may keep capitals, accents and Chinese words', async () => {
  const normalizer = { lowercase: false, handle_chinese_chars: false };
  const pieces = ['Café', '如何'];
  expect(await tokensOf('Café café 如何', { pieces, normalizer })).toEqual([
    'Café|Café',
    '[UNK]|café',
    '如何|如何',
  ]);
});

test('padding and truncation of the file are not heeded, and what surrounds a text is told', async () => {
  const { ids } = await tokenizer.encode('the the the the the the');
  expect(ids).toHaveLength(6);
  expect(tokenizer).toMatchObject({ prefix: [2], suffix: [3], padId: 0, unknownId: 1 });
});

test('tokens are those of the native tokenizer, whatever the text', async () => {
  const file = bertTokenizerFile(common);
  const native = await createNativeTokenizer(
    file,
    tokenizerFileSchema.parse(JSON.parse(file)),
    loadNativeTokenizers,
  );
  await fc.assert(
    fc.asyncProperty(anyText, async (text) => {
      const [a, b] = [await tokenizer.encode(text), await native.encode(text)];
      expect(Array.from(a.ids)).toEqual(Array.from(b.ids));
      expect(Array.from(a.starts)).toEqual(Array.from(b.starts));
    }),
    { numRuns: 300 },
  );
});

test('offsets lie inside the text, in order, and cut no character in two', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (text) => {
      const { starts, ends } = await encode(text);
      const isSound = Array.from(starts).every((start, at) => {
        const end = ends[at] ?? 0;
        const cutsNone = text.slice(start, end).isWellFormed() || !text.isWellFormed();
        return start >= (starts[at - 1] ?? 0) && end > start && end <= text.length && cutsNone;
      });
      expect(isSound).toBe(true);
    }),
    { numRuns: 200 },
  );
});
