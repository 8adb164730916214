import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JsonText } from '../json/text.ts';
import { KeywordAutomaton } from './automaton.ts';
import { foldCodePoint, isWordCodePoint } from './characters.ts';
import type { Keyword } from './keyword.ts';

const anyCase = (text: string): Keyword => ({ text, mindsCase: false });
const exactly = (text: string): Keyword => ({ text, mindsCase: true });

function find(texts: readonly string[], text: string): readonly string[] {
  const keywords = texts.map(anyCase);
  return findWith(new KeywordAutomaton(keywords), keywords, JsonText.of(text));
}

function findWith(
  automaton: KeywordAutomaton,
  keywords: readonly Keyword[],
  text: JsonText,
): readonly string[] {
  const found: string[] = [];
  automaton.scan(text, (index) => {
    found.push(nameOf(keywords[index]));
    return false;
  });
  return found.toSorted();
}

function nameOf(keyword: Keyword | undefined): string {
  return keyword === undefined ? '?' : `${keyword.mindsCase ? '=' : ''}${keyword.text}`;
}

/** Keywords in a text, the plain way: at every character, keyword by keyword. */
function findPlainly(keywords: readonly Keyword[], text: string): readonly string[] {
  const isWord = (codePoint: number | undefined): boolean =>
    codePoint !== undefined && isWordCodePoint(codePoint);
  return keywords
    .filter((keyword) => {
      const read = (source: string): number[] =>
        Array.from(source, (character) => {
          const codePoint = character.codePointAt(0) ?? 0;
          return keyword.mindsCase ? codePoint : foldCodePoint(codePoint);
        });
      const needle = read(keyword.text);
      const haystack = read(text);
      return haystack.some((_, start) => {
        const end = start + needle.length;
        return (
          needle.every((codePoint, offset) => haystack[start + offset] === codePoint) &&
          !(isWord(needle[0]) && isWord(haystack[start - 1])) &&
          !(isWord(needle.at(-1)) && isWord(haystack[end]))
        );
      });
    })
    .map(nameOf)
    .toSorted();
}

/** The text as JSON, its characters spelt in turn as each of `styles` says. */
function spell(text: string, styles: readonly number[]): JsonText {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  const hex = units.map((unit) => unit.toString(16).padStart(4, '0'));
  let content = '';
  for (let at = 0; at < text.length;) {
    const style = styles[at % styles.length] ?? 0;
    const plain = String.fromCodePoint(text.codePointAt(at) ?? 0);
    const short = JSON.stringify(plain).slice(1, -1);
    if (style === 1) content += `\\u${hex[at] ?? ''}`;
    else if (style === 2) content += `\\u${hex[at]?.toUpperCase() ?? ''}`;
    else if (style === 3 && plain === '/') content += '\\/';
    else content += short;
    at += style === 1 || style === 2 ? 1 : plain.length;
  }
  const bytes = Buffer.from(`${'x'.repeat(styles.length % 4)}"${content}"`);
  const start = bytes.indexOf('"') + 1;
  return new JsonText(bytes, start, bytes.length - 1);
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
    expect(findPlainly([anyCase(keyword)], text)).toEqual(expected ? [keyword] : []);
  });

  test('case counts where it is told to', () => {
    const keywords = [exactly('SQL'), exactly('sql'), exactly('Sql'), anyCase('sqL')];
    const automaton = new KeywordAutomaton(keywords);
    const found = (text: string): readonly string[] =>
      findWith(automaton, keywords, JsonText.of(text));
    expect(found('some sql and SQL')).toEqual(['=SQL', '=sql', 'sqL']);
    expect(found('some sQl')).toEqual(['sqL']);
    expect(found('sQl SQl Sql')).toEqual(['=Sql', 'sqL']);
  });
});

test('keywords inside, beside and across one another are all found, each once', () => {
  const keywords = ['a', 'a b', 'b', 'a b c', 'b c', 'b c d', 'c', 'x'];
  expect(find(keywords, 'a b c a b c')).toEqual(['a', 'a b', 'a b c', 'b', 'b c', 'c']);
});

test('a scan stops when told to, and the next one begins afresh', () => {
  const automaton = new KeywordAutomaton(['a', 'b', 'c'].map(anyCase));
  const reported: number[] = [];
  automaton.scan(JsonText.of('a b c'), (index) => {
    reported.push(index);
    return index === 1;
  });
  automaton.scan(JsonText.of('c a'), (index) => {
    reported.push(index);
    return false;
  });
  expect(reported).toEqual([0, 1, 2, 0]);
});

describe('against the plain way', () => {
  // Few letters, so that keywords overlap, share beginnings and end where others go on.
  const letter = fc.constantFrom(
    ...Array.from('aAbBkK\u212asS\u017fnt c1_-./"\\\n\té中😀𝐀\u{1e900}\u{1e922}σςΣ\u0301'),
    ...['\ud83d', '\ude00'],
  );
  const keyword = fc.record({
    text: fc.array(letter, { minLength: 1, maxLength: 9 }).map((parts) => parts.join('')),
    mindsCase: fc.boolean(),
  });
  const keywords = fc.uniqueArray(keyword, { minLength: 1, maxLength: 40, selector: nameOf });
  const piece = fc.oneof(letter, keyword, fc.constantFrom(' ', 'ab', 'x y'));
  const text = fc
    .array(piece, { maxLength: 60 })
    .map((parts) => parts.map((part) => (typeof part === 'string' ? part : part.text)).join(''));
  // One cell is the root alone, a few are a mixture of dense states and others.
  const maxCells = fc.constantFrom(1, 100, 1000, 4_194_304);
  // Mostly plain, now and then all in escapes.
  const styles = fc.array(fc.constantFrom(0, 0, 0, 0, 0, 1, 2, 3), { minLength: 1, maxLength: 12 });

  test('the same keywords are found, however the text is spelt', () => {
    fc.assert(
      fc.property(keywords, text, styles, maxCells, (list, source, spelling, cells) => {
        const automaton = new KeywordAutomaton(list, { maxCells: cells });
        const spelt = spell(source, spelling);
        expect(spelt.toString()).toBe(source);
        expect(findWith(automaton, list, spelt)).toEqual(findPlainly(list, source));
      }),
      { numRuns: 300 },
    );
  });

  test('a keyword of the text is found wherever it lies in a longer one', () => {
    const filler = 'lorem ipsum dolor "sit" amet\n'.repeat(20);
    fc.assert(
      fc.property(keywords, text, styles, fc.nat(500), (list, source, spelling, length) => {
        const long = filler.slice(0, length) + source + filler.slice(0, 20);
        const automaton = new KeywordAutomaton(list);
        expect(findWith(automaton, list, spell(long, spelling))).toEqual(findPlainly(list, long));
      }),
      { numRuns: 100 },
    );
  });

  test('many short keywords, which stand close together', () => {
    const some = Array.from('abcdefgh');
    const words = some.flatMap((first) => [first, ...some.map((second) => `${first}${second}z`)]);
    const list = words.map(anyCase);
    const automaton = new KeywordAutomaton(list);
    const parts = fc.array(fc.constantFrom(...words, 'x', '', 'aabz'), { maxLength: 80 });
    fc.assert(
      fc.property(parts, fc.constantFrom(' ', ', ', ''), (chosen, separator) => {
        const source = chosen.join(separator);
        expect(findWith(automaton, list, JsonText.of(source))).toEqual(findPlainly(list, source));
      }),
      { numRuns: 200 },
    );
  });
});

test('one keyword is found behind whatever ends no word, with any of its characters escaped', () => {
  const keywords = [anyCase('kubernetes operator')];
  const automaton = new KeywordAutomaton(keywords);
  const behind = ['', ' ', '\n', '\t', '\b', '\f', '\r', '"', '\\', '/', '—', '中', '😀'];
  const ahead = Array.from({ length: 12 }, (_, length) => 'lorem ipsum '.slice(0, length));
  for (const before of behind.flatMap((character) => ahead.map((words) => words + character))) {
    const text = `${before}KuberneteS Operator, if you please`;
    const isWord = /\w$/.test(before);
    for (let escaped = -1; escaped < text.length; escaped += 1) {
      const styles = Array.from(text, (_, at) => (at === escaped ? 1 : 0));
      const found = findWith(automaton, keywords, spell(text, styles));
      expect([text, escaped, found.length]).toEqual([text, escaped, isWord ? 0 : 1]);
    }
  }
});

test('what comes behind a text is not read', () => {
  const keywords = ['n', '"', '}'];
  for (const text of ['\n', 'x\n', 'some words\n', 'some words\\', '']) {
    expect(find(keywords, text)).toEqual([]);
  }
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
    expect(find(keywords, text)).toEqual(findPlainly(keywords.map(anyCase), text));
  }
});

test('twenty thousand keywords of one character each', () => {
  const keywords = Array.from({ length: 20_000 }, (_, index) =>
    String.fromCodePoint(0x4e00 + index),
  );
  expect(find(keywords, '中文翻译')).toEqual(['中', '文', '翻', '译'].toSorted());
});
