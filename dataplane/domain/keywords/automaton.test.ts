import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KeywordAutomaton, type AutomatonOptions } from './automaton.ts';
import { foldCodePoint, isWordCodePoint } from './characters.ts';

const foldsCase: AutomatonOptions = { foldsCase: true };

function find(keywords: readonly string[], text: string, options = foldsCase): readonly string[] {
  return findWith(new KeywordAutomaton(keywords, options), keywords, text);
}

function findWith(
  automaton: KeywordAutomaton,
  keywords: readonly string[],
  text: string,
): readonly string[] {
  const found: string[] = [];
  automaton.scan(text, (index) => {
    found.push(keywords[index] ?? '?');
    return false;
  });
  return found.toSorted();
}

/** Keywords in a text, the plain way: at every character, keyword by keyword. */
function findPlainly(
  keywords: readonly string[],
  text: string,
  options = foldsCase,
): readonly string[] {
  const read = (source: string): number[] =>
    Array.from(source, (character) => {
      const codePoint = character.codePointAt(0) ?? 0;
      return options.foldsCase ? foldCodePoint(codePoint) : codePoint;
    });
  const haystack = read(text);
  const isWord = (codePoint: number | undefined): boolean =>
    codePoint !== undefined && isWordCodePoint(codePoint);
  return keywords
    .filter((keyword) => {
      const needle = read(keyword);
      return haystack.some((_, start) => {
        const end = start + needle.length;
        return (
          needle.every((codePoint, offset) => haystack[start + offset] === codePoint) &&
          !(isWord(needle[0]) && isWord(haystack[start - 1])) &&
          !(isWord(needle.at(-1)) && isWord(haystack[end]))
        );
      });
    })
    .toSorted();
}

describe('word boundaries', () => {
  test.each([
    ['code', 'write code now', true],
    ['code', 'code', true],
    ['code', 'encode', false],
    ['code', 'codes', false],
    ['code', 'my_code', false],
    ['code', 'code2', false],
    ['code', 'codé', false],
    ['code', 'écode', false],
    ['code', '(code)', true],
    ['code', 'code-review', true],
    ['c++', 'in c++17 or so', true],
    ['c++', 'in cc++', false],
    ['.net', 'asp.net core', true],
    ['.net', '.network', false],
    ['machine learning', 'about Machine Learning.', true],
    ['machine learning', 'machine  learning', false],
    ['翻译', '请翻译这句话', true],
    ['翻译', 'please翻译this', true],
    ['번역', '번역을 해줘', true],
    ['ai', '用ai翻译', true],
    ['ai', '😀ai😀', true],
    ['ai', '𝐀ai', false],
    ['ai', 'ai𝐀', false],
    ['𝐀𝐈', 'an 𝐀𝐈 test', true],
    ['😀', 'so 😀😀 happy', true],
    ['\u{1e900}', '\u{1e922}', true],
    ['straße', 'STRASSE', false],
    ['STRAẞE', 'straße', true],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος', true],
    ['\ud83d', '😀', false],
    ['\ud83d', '\ud83d', true],
  ])('%j in %j: %s', (keyword, text, expected) => {
    expect(find([keyword], text)).toEqual(expected ? [keyword] : []);
    expect(findPlainly([keyword], text)).toEqual(expected ? [keyword] : []);
  });

  test('case counts where it is told to', () => {
    const exact = { foldsCase: false };
    expect(find(['SQL', 'sql', 'Sql'], 'some sql and SQL', exact)).toEqual(['SQL', 'sql']);
    expect(find(['SQL', 'sql'], 'some sQl')).toEqual(['SQL', 'sql']);
  });
});

test('keywords inside, beside and across one another are all found, each once', () => {
  const keywords = ['a', 'a b', 'b', 'a b c', 'b c', 'b c d', 'c', 'x'];
  expect(find(keywords, 'a b c a b c')).toEqual(['a', 'a b', 'a b c', 'b', 'b c', 'c']);
});

test('a scan stops when told to, and the next one begins afresh', () => {
  const automaton = new KeywordAutomaton(['a', 'b', 'c'], foldsCase);
  const reported: number[] = [];
  automaton.scan('a b c', (index) => {
    reported.push(index);
    return index === 1;
  });
  automaton.scan('c a', (index) => {
    reported.push(index);
    return false;
  });
  expect(reported).toEqual([0, 1, 2, 0]);
});

describe('against the plain way', () => {
  // Few letters, so that keywords overlap, share beginnings and end where others go on.
  const letter = fc.constantFrom(
    ...Array.from('aAbB c1_-.é中😀𝐀\u{1e900}\u{1e922}σςΣ\u0301'),
    ...['\ud83d', '\ude00'],
  );
  const keyword = fc.array(letter, { minLength: 1, maxLength: 9 }).map((parts) => parts.join(''));
  const keywords = fc.uniqueArray(keyword, { minLength: 1, maxLength: 40 });
  const piece = fc.oneof(letter, keyword, fc.constantFrom(' ', 'ab', 'x y'));
  const text = fc.array(piece, { maxLength: 60 }).map((parts) => parts.join(''));
  // One cell is the root alone, a few are a mixture of dense states and others.
  const maxCells = fc.constantFrom(1, 100, 1000, 4_194_304);

  test('the same keywords are found', () => {
    fc.assert(
      fc.property(keywords, text, fc.boolean(), maxCells, (list, source, folds, cells) => {
        const options = { foldsCase: folds, maxCells: cells };
        expect(find(list, source, options)).toEqual(findPlainly(list, source, options));
      }),
      { numRuns: 200 },
    );
  });

  test('a keyword of the text is found wherever it lies in a long one', () => {
    const filler = 'lorem ipsum dolor '.repeat(1000);
    const before = fc.integer({ min: 16_340, max: 16_400 });
    fc.assert(
      fc.property(keywords, text, before, (list, source, length) => {
        const long = filler.slice(0, length) + source + filler.slice(0, 20);
        expect(find(list, long)).toEqual(findPlainly(list, long));
      }),
      { numRuns: 30 },
    );
  });

  test('many short keywords, which stand close together', () => {
    const some = Array.from('abcdefgh');
    const words = some.flatMap((first) => [first, ...some.map((second) => `${first}${second}z`)]);
    const automaton = new KeywordAutomaton(words, foldsCase);
    const parts = fc.array(fc.constantFrom(...words, 'x', '', 'aabz'), { maxLength: 80 });
    fc.assert(
      fc.property(parts, fc.constantFrom(' ', ', ', ''), (list, separator) => {
        const source = list.join(separator);
        expect(findWith(automaton, words, source)).toEqual(findPlainly(words, source));
      }),
      { numRuns: 200 },
    );
  });
});

test('keywords nested in one another are found in a text that never leaves them', () => {
  const nested = Array.from({ length: 60 }, (_, index) => 'a'.repeat(index + 1));
  const spaced = Array.from({ length: 60 }, (_, index) => `b${' ab'.repeat(index)}`);
  const keywords = [...nested, ...spaced];
  for (const text of [
    'a'.repeat(50),
    `${'a'.repeat(70)} aaa`,
    'ab '.repeat(80),
    `b${' ab'.repeat(80)}`,
  ]) {
    expect(find(keywords, text)).toEqual(findPlainly(keywords, text));
  }
});

test('twenty thousand keywords of one character each', () => {
  const keywords = Array.from({ length: 20_000 }, (_, index) =>
    String.fromCodePoint(0x4e00 + index),
  );
  expect(find(keywords, '中文翻译')).toEqual(['中', '文', '翻', '译'].toSorted());
});
