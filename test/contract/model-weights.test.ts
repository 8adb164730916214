// The models that `npm run models` brings, as they are used. Without them this fails, by intention:
// run `npm run models`.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openModels, type OpenModels } from '../../dataplane/adapters/models/open-models.ts';
import {
  createNativeTokenizer,
  loadNativeTokenizers,
} from '../../dataplane/adapters/models/tokenizer/native-tokenizer.ts';
import { readTokenizer } from '../../dataplane/adapters/models/tokenizer/read-tokenizer.ts';
import { tokenizerFileSchema } from '../../dataplane/adapters/models/tokenizer/tokenizer-file.ts';
import type { Tokenizer } from '../../dataplane/adapters/models/tokenizer/tokenizer.ts';
import { modelsFolder } from '../../dataplane/local/tools/models/ensure-models.ts';
import type { Embedder, Embedding, TaggedSpan, TokenClassifier } from '../../dataplane/ports.ts';
import { keepingLog } from '../kit/keeping-log.ts';
import { anyText } from '../kit/models/random-text.ts';

const folder = modelsFolder();
const patient = { deadlineMs: 60_000 };

const texts = [
  'The quick brown fox jumps over the lazy dog.',
  "Don't you think so? It's Jean-Luc O'Neil's re-entry (2nd).",
  'naïve café, Größe, Øresund, İstanbul, ΣΊΣΥΦΟΣ, ﬁne',
  'function f(x) { return x?.y ?? `a${1}`; } // --> 0xFF',
  '如何打开防火墙？ 東京タワー 한국어 텍스트',
  'مرحبا بالعالم، كيف حالك؟ שלום עולם',
  'नमस्ते दुनिया สวัสดีชาวโลก Привет, мир!',
  '👩‍👩‍👧 family, 😀😀 🇩🇪 ☕️ ™ © № ½ ①',
  'e\u0301 a\u0308\u0323 zero\u200bwidth\u00adsoft non\u00a0breaking\u3000wide',
  '[CLS] user text [SEP] that spells [MASK] [PAD] [UNK] tokens',
  `${'x'.repeat(100)} ${'y'.repeat(101)} 12345678901234567890`,
  '\u0000\u0007\u001b[31mred\u001b[0m\r\n\ttab \ufffd\ufeff',
];

describe.each(['minilm', 'rampart'])('the tokenizer of %s', (name) => {
  let own: Tokenizer;
  let native: Tokenizer;
  beforeAll(async () => {
    const json = await readFile(join(folder, name, 'tokenizer.json'), 'utf8');
    own = await readTokenizer(json, () => Promise.reject(new Error('is not to be used')));
    const file = tokenizerFileSchema.parse(JSON.parse(json));
    native = await createNativeTokenizer(json, file, loadNativeTokenizers);
  });

  const expectSame = async (text: string): Promise<void> => {
    const [a, b] = [await own.encode(text), await native.encode(text)];
    expect([text, Array.from(a.ids)]).toEqual([text, Array.from(b.ids)]);
    expect(Array.from(a.starts)).toEqual(Array.from(b.starts));
  };

  test('gives what the native one gives, for texts of many kinds', async () => {
    for (const text of texts) await expectSame(text);
  });

  test('gives what the native one gives, for texts of random characters', async () => {
    await fc.assert(fc.asyncProperty(anyText, expectSame), { numRuns: 500 });
  });

  test('is framed as the native one', () => {
    const { prefix, suffix, padId, unknownId } = own;
    expect(native).toMatchObject({ prefix, suffix, padId, unknownId });
  });
});

describe('the models', () => {
  let models: OpenModels;
  let embedder: Embedder;
  let tagger: TokenClassifier;
  beforeAll(async () => {
    const lines: string[] = [];
    models = openModels({ directory: folder, log: keepingLog(lines) });
    await models.settled;
    if (models.embedder === undefined || models.piiTagger === undefined) {
      throw new Error(`Run npm run models first. ${lines.join(' ')}`);
    }
    embedder = models.embedder;
    tagger = models.piiTagger;
  });
  afterAll(() => models.close());

  const embed = async (text: string): Promise<Embedding> =>
    (await embedder.embed(text, patient)) as Embedding;
  const similarity = async (a: string, b: string): Promise<number> => {
    const [one, other] = await Promise.all([embed(a), embed(b)]);
    return one.vector.reduce((sum, value, at) => sum + value * (other.vector[at] ?? 0), 0);
  };

  test('they pass the checks that they bring', () => {
    expect(models.status().map(({ state, problem }) => [state, problem])).toEqual([
      ['ready', undefined],
      ['ready', undefined],
    ]);
    expect(embedder.id).toMatch(/^all-minilm-l6-v2@[0-9a-f]{16}$/);
    expect(embedder.dimensions).toBe(384);
    expect(tagger.labels).toHaveLength(17);
  });

  test('what means about the same is near, what does not is far', async () => {
    const question = 'How do I reset my password?';
    expect(
      await similarity(question, 'I forgot my password, how can I change it?'),
    ).toBeGreaterThan(0.8);
    expect(await similarity(question, 'The best pizza in Naples')).toBeLessThan(0.2);
  });

  test('both ends of a long text are heard', async () => {
    const chatter = 'So we talked about the weather and the traffic for a while. '.repeat(60);
    const question = 'Why do the leaves of trees turn red in autumn?';
    const long = await embed(`${chatter}${question}`);
    expect(long.truncated).toBe(true);
    expect(long.tokens).toBeGreaterThan(700);
    expect(await similarity(`${chatter}${question}`, question)).toBeGreaterThan(
      (await similarity(chatter, question)) + 0.1,
    );
  });

  test('a text is the same beside others as alone', async () => {
    const alone = await embed('A short question?');
    const [beside] = await Promise.all(
      ['A short question?', 'Another of them!', 'And a third that is longer than both.'].map(embed),
    );
    expect(Array.from(beside?.vector ?? [])).toEqual(Array.from(alone.vector));
  });

  test('other scripts are unsupported', async () => {
    expect(await embedder.embed('如何打开防火墙')).toEqual({ unavailable: 'unsupported' });
    expect(await tagger.tag('Меня зовут Иван')).toEqual({ unavailable: 'unsupported' });
  });

  const find = async (text: string): Promise<readonly (readonly [string, string])[]> => {
    const spans = (await tagger.tag(text, patient)) as readonly TaggedSpan[];
    return spans.map(({ label, start, end }) => [label, text.slice(start, end)]);
  };

  test('names and addresses are found, whole and at their place', async () => {
    expect(
      await find("😀 I'm Jean-Luc O’Connor from 12 Main Street, Springfield. Ask Zoë Müller."),
    ).toEqual([
      ['GIVEN_NAME', 'Jean-Luc'],
      ['SURNAME', 'O’Connor'],
      ['BUILDING_NUMBER', '12'],
      ['STREET_NAME', 'Main Street'],
      ['CITY', 'Springfield'],
      ['GIVEN_NAME', 'Zoë'],
      ['SURNAME', 'Müller'],
    ]);
  });

  test('a name is found wherever in a long text it stands', async () => {
    const filler = 'It rained all week in the valley and nothing happened. ';
    const name = 'My name is Thomas Brandt. ';
    for (const before of [0, 7, 23, 60]) {
      const text = filler.repeat(before) + name + filler.repeat(60 - before);
      expect([before, await find(text)]).toEqual([
        before,
        expect.arrayContaining([
          ['GIVEN_NAME', 'Thomas'],
          ['SURNAME', 'Brandt'],
        ]),
      ]);
    }
  });

  test('nothing is found in a question without anybody in it', async () => {
    expect(await find('How do I sort a list of numbers in Python?')).toEqual([]);
  });
});
