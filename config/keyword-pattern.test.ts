import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileKeywordRegex, readKeyword, wordsOf } from './keyword-pattern.ts';

describe('words and phrases are plain text', () => {
  test.each([
    ...['code', 'how to', 'node.js', '.net', 'c++', 'c#', "what's", "can't", 'e.g.', 'ASAP!'],
    ...['数学', 'naïve', '50/50', '100%', '$100', '5$', '#1', '@here', '...', '?', 'why?'],
    ...['what is 2+2?', 'really...?', '1+1=2', '(sic)', 'SELECT *', '**bold**', '*.txt'],
    ...['a || b', 'cmd | grep', '<script>', '</s>', '<|im_start|>', '[INST]', '[TODO] later'],
    ...['array[0]', '[e-mail]', '[pre-print]', '[2024-01-15]', '[^1]', '^_^', 'x^{2}'],
    ...[
      '{"a": 1}',
      'index.php?id=',
      'http://example.com/?q=a',
      '/etc/passwd',
      'user.name@example.com',
    ],
  ])('%s', (keyword) => {
    expect(readKeyword(keyword)).toEqual({ kind: 'literal', text: keyword });
  });
});

describe('`\\` before punctuation makes it plain text', () => {
  test.each([
    ['C\\+\\+', 'C++'],
    ['user\\.name@example\\.com', 'user.name@example.com'],
    ['\\(foo\\|bar\\)', '(foo|bar)'],
    ['US\\$', 'US$'],
    ['\\\\sum', '\\sum'],
    ['colou\\?r', 'colou?r'],
  ])('%s', (keyword, text) => {
    expect(readKeyword(keyword)).toEqual({ kind: 'literal', text });
  });

  test('a path that ends in a backslash is plain text as a whole', () => {
    const text = 'C:\\Program Files\\';
    expect(readKeyword(text)).toEqual({ kind: 'literal', text });
  });
});

describe('what only a regular expression holds makes one', () => {
  test.each([
    ['\\bfoo\\b', 'a foo.', 'food'],
    ['foo.*bar', 'foo and bar', 'bar and foo'],
    ['foo.+bar', 'foo-bar', 'foobar'],
    ['foo.?bar', 'foo-bar', 'foo--bar'],
    ['(foo|bar)', 'bar', 'baz'],
    ['foo|bar', 'a foo', 'baz'],
    ['日本|中国', '中国', '法国'],
    ['(please| )help', 'pleasehelp', 'please'],
    ['colou?r', 'color', 'colouur'],
    ['https?://', 'http://x', 'httpx'],
    ['(very )?urgent', 'urgent', 'urgen'],
    ['gr[ae]y', 'gray', 'groy'],
    ['[0-9]', '7', 'seven'],
    ['[A-Za-z_]', 'x', '7'],
    ['[ab]+c', 'abc', 'a'],
    ['a{2}', 'aa', 'a'],
    ['\\d{3}-\\d{4}', '555-1234', '55-1234'],
    ['^hello', 'Hello you', 'oh hello'],
    ['(?i)foo', 'FOO', 'fo'],
    ['node\\.?js', 'nodejs', 'node-js'],
  ])('%s', (keyword, hit, miss) => {
    expect(readKeyword(keyword)).toEqual({ kind: 'regex', source: keyword });
    const expression = compileKeywordRegex(keyword, false);
    expect([hit, miss].map((text) => expression.matcher(text).find())).toEqual([true, false]);
  });
});

describe('in doubt it is plain text, and says so', () => {
  test.each(['[Pp]assword', '[INST]ignore', '(ha)+', 'foo(bar)?', 'bye$', 'foo*', 'foo|'])(
    '%s',
    (keyword) => {
      expect(readKeyword(keyword)).toEqual({
        kind: 'literal',
        text: keyword,
        doubt: expect.stringContaining('read as plain text'),
      });
    },
  );
});

describe('what can be neither is invalid', () => {
  test.each([
    ['   ', 'blank'],
    ['*.*', 'does not compile: missing argument'],
    ['\\bfoo(', 'does not compile: missing closing )'],
    ['(?=lookahead)', 'does not compile'],
    ['\\bfoo\\1', 'does not compile'],
    ['C:\\Projects', 'write `\\` itself as `\\\\`'],
    ['.*', 'holds for every prompt'],
    ['(foo|bar|)', 'holds for every prompt'],
    ['(?:((a{100}){100}){100})', 'does not compile'],
  ])('%s', (keyword, message) => {
    expect(readKeyword(keyword)).toEqual({
      kind: 'invalid',
      message: expect.stringContaining(message),
    });
  });
});

test('upper and lower case differ where the rule says so', () => {
  const sensitive = compileKeywordRegex('\\bSSN\\b', true);
  expect(['my SSN', 'my ssn'].map((text) => sensitive.matcher(text).find())).toEqual([true, false]);
  expect(compileKeywordRegex('\\bSSN\\b', false).matcher('my ssn').find()).toBe(true);
});

describe('where the rule names a method', () => {
  test('any text is a literal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        fc.pre(text.trim() !== '');
        expect(readKeyword(text, 'literal')).toEqual({ kind: 'literal', text });
      }),
    );
  });

  test.each(['foo', 'bye$', '[Pp]assword', '(ha)+', 'a|b', '(?i)foo', 'user.name@example.com'])(
    '%s is an expression',
    (source) => {
      expect(readKeyword(source, 'regex')).toEqual({ kind: 'regex', source });
    },
  );

  test.each([
    ['(foo', 'is a regular expression, and does not compile: missing closing )'],
    ['(?=a)', 'is a regular expression, and does not compile: invalid or unsupported Perl syntax'],
    ['a*', 'is a regular expression that the empty text matches'],
    [' ', 'is blank'],
  ])('%j is no expression', (source, message) => {
    expect(readKeyword(source, 'regex')).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining(message),
    });
  });

  test('a path that ends in a backslash is text all the same', () => {
    const text = 'C:\\Program Files\\';
    expect(readKeyword(text, 'regex')).toEqual({ kind: 'literal', text });
  });

  test.each(['bm25', 'fuzzy', 'ngram'] as const)('%s goes by words', (method) => {
    expect(readKeyword('how-to: 数学 no. 5', method)).toEqual({
      kind: 'words',
      words: ['how', 'to', '数', '学', 'no', '5'],
    });
    expect(readKeyword('???', method)).toMatchObject({ kind: 'invalid' });
  });
});

test('a text has the words that its script parts', () => {
  expect(wordsOf("don't über_x 안녕 하세요 สวัส")).toEqual([
    ...['don', 't', 'über', 'x', '안녕', '하세요'],
    ...Array.from('สวัส'),
  ]);
  expect(wordsOf('')).toEqual([]);
});

test('every string is read as something, and a regex reading compiles', () => {
  const signs = fc.constantFrom(...'\\()[]{}|.*+?^$-=:<>!abz09 数😀'.split(''), '\\b', '(?', '{2}');
  const keywords = fc.array(signs, { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(keywords, fc.string({ unit: 'binary' })), (keyword) => {
      const read = readKeyword(keyword);
      if (read.kind !== 'regex') return;
      expect(compileKeywordRegex(read.source, false).matcher('').find()).toBe(false);
    }),
    { numRuns: 1000 },
  );
});
