import { describe, expect, test } from '@jest/globals';
import { cacheLine, domainLine, jailbreakLine, piiLine, readSet } from './read-set.ts';

const lines = (...rows: readonly unknown[]): string =>
  rows.map((row) => JSON.stringify(row)).join('\n');

describe('what sets may look like', () => {
  test('blank lines, line ends of Windows and further fields do not matter', () => {
    const set = '\n{"text":"a","label":"math","id":7}\r\n\r\n  {"label":"law","text":"b"}  \n\n';
    expect(readSet(set, domainLine)).toEqual([
      { text: 'a', label: 'math' },
      { text: 'b', label: 'law' },
    ]);
  });

  test.each(['computer science', 'Computer Science', 'computer_science', ' COMPUTER-SCIENCE '])(
    'a domain may be written %j',
    (label) => {
      expect(readSet(lines({ text: 'a', label }), domainLine)).toEqual([
        { text: 'a', label: 'computer science' },
      ]);
    },
  );

  test.each<[unknown, boolean]>([
    ...([true, 'true', 'True', 1, '1', 'jailbreak'] as const).map((one): [unknown, boolean] => [
      one,
      true,
    ]),
    ...([false, 'false', 'FALSE', 0, '0', ' benign'] as const).map((one): [unknown, boolean] => [
      one,
      false,
    ]),
  ])('%j says %s', (label, answer) => {
    expect(readSet(lines({ text: 'a', label }), jailbreakLine)).toEqual([
      { text: 'a', label: answer },
    ]);
    expect(readSet(lines({ a: 'a', b: 'b', same: label }), cacheLine)).toEqual([
      { a: 'a', b: 'b', same: answer },
    ]);
  });

  test('types of spans may be in any case, and offsets in code points', () => {
    const spans = [{ type: 'email address', start: 2, end: 9, value: 'a@b.org' }];
    expect(readSet(lines({ text: '😀 a@b.org', spans }), piiLine)).toEqual([
      { text: '😀 a@b.org', spans: [{ type: 'EMAIL_ADDRESS', start: 3, end: 10 }] },
    ]);
  });

  test('an empty text is a text, and a text may have no spans', () => {
    expect(readSet(lines({ text: '', spans: [] }), piiLine)).toEqual([{ text: '', spans: [] }]);
  });
});

describe('what is wrong is told with its line', () => {
  const good = { text: 'a', label: 'math' };
  const span = (start: unknown, end: unknown, type: unknown = 'PERSON') => ({
    ...{ text: 'Ann', spans: [{ type, start, end }] },
  });

  test.each<[string, typeof domainLine | typeof piiLine, string, string]>([
    ['no JSON', domainLine, `${lines(good)}\n\n{"text": `, 'line 3 is not JSON'],
    ['a list', domainLine, '[\n', 'line 1 is not JSON'],
    ['no object', domainLine, lines(good, ['a', 'math']), 'line 2: must be a JSON object'],
    ['no text', domainLine, lines({ label: 'math' }), 'line 1: text must be a string'],
    ['a text that is none', domainLine, lines({ text: 5, label: 'math' }), 'text must be a string'],
    ['no label', domainLine, lines({ text: 'a' }), 'label must be a string'],
    [
      'an unknown label',
      domainLine,
      lines(good, { text: 'a', label: 'Geography' }),
      'line 2: label',
    ],
    ['spans that are no list', piiLine, lines({ text: 'a', spans: {} }), 'spans must be a list'],
    ['an end before the start', piiLine, lines(span(2, 1)), 'spans.0.end must be greater'],
    ['an empty span', piiLine, lines(span(1, 1)), 'spans.0.end must be greater'],
    ['a span beyond the text', piiLine, lines(span(0, 4)), 'spans.0.end is beyond'],
    ['half an offset', piiLine, lines(span(0, 1.5)), 'spans.0.end must be a whole number'],
    ['a negative offset', piiLine, lines(span(-1, 2)), 'spans.0.start must not be negative'],
    ['no type', piiLine, lines(span(0, 1, null)), 'spans.0.type must be a string'],
  ])('%s', (_, line, set, sentence) => {
    expect(() => readSet<typeof line>(set, line)).toThrow(sentence);
  });

  test('a label that says neither yes nor no', () => {
    expect(() => readSet(lines({ text: 'a', label: 'maybe' }), jailbreakLine)).toThrow(
      'line 1: label must be true or false',
    );
    expect(() => readSet(lines({ text: 'a' }), jailbreakLine)).toThrow('label must be true');
    expect(() => readSet(lines({ text: 'a', label: null }), jailbreakLine)).toThrow('label must');
    expect(() => readSet(lines({ text: 'a', label: 2 }), jailbreakLine)).toThrow('label must');
  });

  test('an unknown label is told with those that there are', () => {
    expect(() => readSet(lines({ text: 'a', label: 'Geography' }), domainLine)).toThrow(
      /^line 1: label is "geography" and none of biology, .*, psychology$/,
    );
  });

  test.each(['', '\n', ' \r\n\r\n'])('a set with nothing in it: %j', (set) => {
    expect(() => readSet(set, domainLine)).toThrow('the set is empty');
  });
});
