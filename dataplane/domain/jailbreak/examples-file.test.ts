import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readExamples, type ExamplesFile, type ExamplesResult } from './examples-file.ts';

const read = (content: string, options: Partial<ExamplesFile> = {}): ExamplesResult =>
  readExamples({ content, set: 'own', format: 'jsonl', weight: 2, ...options });

describe('lines', () => {
  test('are examples with the weight and the name of their set', () => {
    expect(read('{"text":"a","label":true}\n{"text":"b","label":false,"source":"tool"}\n')).toEqual(
      {
        ok: true,
        examples: [
          { text: 'a', label: true, set: 'own', weight: 2 },
          { text: 'b', label: false, set: 'own', weight: 2, source: 'tool' },
        ],
      },
    );
  });

  test('written for another task are harmless', () => {
    expect(read('{"text":"a","register":"exam"}', { isHarmless: true })).toMatchObject({
      examples: [{ label: false }],
    });
  });

  test.each([
    ['no JSON', '{"text":"a","label":true}\nnonsense', 'line 2'],
    ['no text', '{"label":true}', 'line 1'],
    ['no label', '{"text":"a"}', 'line 1'],
    ['a label that is no answer', '{"text":"a","label":"maybe"}', 'line 1'],
  ])('are refused by number where there is %s', (_, content, place) => {
    expect(read(content)).toEqual({ ok: false, problem: expect.stringContaining(place) });
  });
});

describe('values', () => {
  const csv = (content: string): ExamplesResult => read(content, { format: 'csv' });

  test('are read with quotes, commas and line ends in them', () => {
    expect(
      csv('prompt,type\n"Say ""hi"",\nplease",jailbreak\r\nplain text,benign\n'),
    ).toMatchObject({
      examples: [
        { text: 'Say "hi",\nplease', label: true },
        { text: 'plain text', label: false },
      ],
    });
  });

  test('may be in any order of columns', () => {
    expect(csv('id,label,text\n7,1,hello')).toMatchObject({
      examples: [{ text: 'hello', label: true }],
    });
  });

  test('are refused by number where one is missing', () => {
    expect(csv('prompt,type\na,benign\nb')).toMatchObject({
      ok: false,
      problem: expect.stringContaining('row 2'),
    });
  });
});

test('whatever comes in, examples come out or a sentence', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.constantFrom('csv' as const, 'jsonl' as const),
      (content, format) => {
        expect(typeof read(content, { format }).ok).toBe('boolean');
      },
    ),
  );
});
