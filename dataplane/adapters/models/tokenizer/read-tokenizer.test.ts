import { expect, test } from '@jest/globals';
import {
  bertTokenizerFile,
  bpeTokenizerFile,
} from '../../../../test/kit/models/tokenizer-files.ts';
import { loadNativeTokenizers, type LoadNative } from './native-tokenizer.ts';
import { readTokenizer } from './read-tokenizer.ts';

const notInstalled: LoadNative = () => Promise.reject(new Error('no such package'));

type FileObject = Record<string, unknown> & {
  added_tokens: { special: boolean; id: number; content: string }[];
  model: Record<string, unknown>;
  post_processor: { single: unknown[] };
};

function bertFile(change: (file: FileObject) => void = () => undefined): string {
  const file = JSON.parse(bertTokenizerFile({ pieces: ['a', 'b'] })) as FileObject;
  change(file);
  return JSON.stringify(file);
}

test('a BERT file needs no native package', async () => {
  const tokenizer = await readTokenizer(bertFile(), notInstalled);
  expect(tokenizer.unknownId).toBe(1);
});

test('the older way of naming what surrounds a text is understood', async () => {
  const file = bertFile((json) => {
    Object.assign(json, {
      post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] },
    });
  });
  expect(await readTokenizer(file, notInstalled)).toMatchObject({ prefix: [2], suffix: [3] });
});

test.each([
  ['a file of another type', bpeTokenizerFile('abc')],
  [
    'a BERT file with a token of its own that texts may spell',
    bertFile((json) => json.added_tokens.push({ id: 7, content: '@user', special: false })),
  ],
  [
    'a WordPiece file that normalises in another way',
    bertFile((json) => Object.assign(json, { normalizer: { type: 'NFKC' } })),
  ],
])('%s is refused where the native package is missing', async (_, file) => {
  await expect(readTokenizer(file, notInstalled)).rejects.toThrow(
    /^is of type (BPE|WordPiece), which needs the package `tokenizers`, and that does not load here \(no such package\)$/,
  );
});

test.each([
  ['is not JSON', 'vocabulary'],
  ['is no tokenizer file: model: ', '{}'],
  ['is no tokenizer file: model.vocab: ', bertFile(({ model }) => delete model['vocab'])],
  ['its vocabulary lacks [WHAT]', bertFile(({ model }) => (model['unk_token'] = '[WHAT]'))],
  [
    'its post_processor leaves the text out',
    bertFile(({ post_processor }) => post_processor.single.splice(1, 1)),
  ],
  [
    'its post_processor takes the text twice',
    bertFile(({ post_processor }) => post_processor.single.push(post_processor.single[1])),
  ],
  [
    'its post_processor does not say what [ODD] is',
    bertFile(({ post_processor }) =>
      post_processor.single.push({ SpecialToken: { id: '[ODD]', type_id: 0 } }),
    ),
  ],
  [
    'is of type Unigram and does not load: ',
    JSON.stringify({ added_tokens: [], model: { type: 'Unigram', vocab: 'none' } }),
  ],
])('a broken file is refused: it %s', async (sentence, file) => {
  await expect(readTokenizer(file, loadNativeTokenizers)).rejects.toThrow(sentence);
});
