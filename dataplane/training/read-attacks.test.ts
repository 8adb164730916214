import { describe, expect, test } from '@jest/globals';
import { readAttacks } from './read-attacks.ts';

describe('lines', () => {
  test('are texts with their labels, and where they came from', () => {
    const lines = '{"text":"a","label":true}\n{"text":"b","label":false,"source":"tool"}\n';
    expect(readAttacks(lines)).toEqual([
      { text: 'a', label: true },
      { text: 'b', label: false, source: 'tool' },
    ]);
  });

  test('are refused by number', () => {
    expect(() => readAttacks('{"text":"a","label":true}\n{"text":"b"}')).toThrow('line 2');
  });
});

describe('values', () => {
  test('are read with quotes, commas and line ends in them', () => {
    const values = 'prompt,type\n"Say ""hi"",\nplease",jailbreak\r\nplain text,benign\n';
    expect(readAttacks(values)).toEqual([
      { text: 'Say "hi",\nplease', label: true },
      { text: 'plain text', label: false },
    ]);
  });

  test('may be in any order of columns, and without a last line end', () => {
    expect(readAttacks('id,label,text\n7,1,hello')).toEqual([{ text: 'hello', label: true }]);
  });

  test.each([
    ['a row is short', 'prompt,type\na,benign\nb', 'row 2'],
    ['a label says neither', 'prompt,type\na,maybe', 'row 1'],
    ['a quote is out of place', 'prompt,type\na "b" c,benign', 'row 1'],
    ['no column is known', 'question,answer\na,b', 'columns'],
    ['there is nothing', '', 'columns'],
  ])('are refused where %s', (_, values, sentence) => {
    expect(() => readAttacks(values)).toThrow(sentence);
  });
});
