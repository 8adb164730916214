// What a keyword of `keyword_rules` is: plain text or a regular expression. The router matches by
// this reading and the operator refuses what it calls invalid; neither has a reading of its own.
import { RE2JS } from 're2js';

/** How keywords are found, where a rule says so. */
export const keywordMethods = ['literal', 'regex', 'bm25', 'fuzzy', 'ngram'] as const;
export type KeywordMethod = (typeof keywordMethods)[number];

/**
 * How a keyword is read.
 *
 * `literal`: the text occurs. Where an end of it is a word character, a word boundary must be there
 * (a word character is a letter, mark, digit or underscore, by Unicode); an end that is none, such
 * as that of `c++`, may stand anywhere. Scripts written without spaces between words, such as
 * Chinese, have no word characters, so a keyword in them is found inside a sentence.
 *
 * `regex`: the RE2 expression matches somewhere. No boundaries are added: write `\b` for one. As in
 * RE2, `\b`, `\w` and `\d` are about ASCII.
 *
 * `words`: its words are found by likeness, as the rule's method says.
 */
export type Keyword =
  | {
      readonly kind: 'literal';
      readonly text: string;
      /** Why somebody might have meant a regular expression after all: a warning for the author. */
      readonly doubt?: string;
    }
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'invalid'; readonly message: string };

interface Sign {
  readonly pattern: RegExp;
  readonly name: string;
}

// What makes a keyword a regular expression: forms that plain text hardly has. Each is looked for
// after `\` with a punctuation character was replaced by `xx`, since such a pair is plain text.
// People write far more words and phrases than expressions, so what could be either is text.
const regexSigns: readonly Sign[] = [
  { pattern: /\\[A-Za-z0-9]/, name: '`\\` before a letter or digit' },
  { pattern: /\.[*+]/, name: '`.*` or `.+`' },
  { pattern: /[^.\s]\.\?[\p{L}\p{N}_]/u, name: '`.?` inside' },
  { pattern: /\(\?[:imsUP<=!-]/, name: '`(?`' },
  { pattern: /[\p{L}\p{N}.)\]]\{\d+(?:,\d*)?\}/u, name: 'a count such as `{2,5}`' },
  // foo|bar and (a)|[bc], but neither <|im_start|> nor a || b.
  {
    pattern: /[\p{L}\p{M}\p{N}_)\].*+?]\|[\p{L}\p{N}_([.^]/u,
    name: '`|` between alternatives',
  },
  { pattern: /\((?:[^()]*[^|()])?\|[^|()][^()]*\)/, name: '`|` in parentheses' },
  { pattern: /^\^[\p{L}\p{N}([.]/u, name: '`^` at the beginning' },
  // colou?r and https?://, but neither "why?" nor a query string (index.php?id=).
  { pattern: /[\p{L}\p{N})\]]\?(?![\p{L}\p{N}_-]+=)[\p{L}\p{N}([:]/u, name: '`?` inside' },
  { pattern: /\[[^\]]+\][*+]/, name: 'a repeated class such as `[ab]+`' },
  // [0-9] and [a-z_], but neither [INST] nor [e-mail].
  {
    pattern:
      /\[\^?[^\sA-Za-z0-9\]]*(?:[A-Za-z]-[A-Za-z]|\d-\d)(?:[A-Za-z]-[A-Za-z]|\d-\d|[^\sA-Za-z0-9\]])*\]/,
    name: 'a class such as `[0-9]`',
  },
  // gr[ae]y, but not array[0].
  { pattern: /[\p{L}\p{N}]\[[^\]\s]{2,}\][\p{L}\p{N}]/u, name: 'a class inside a word' },
];

// Plain text that somebody who writes regular expressions might have meant as one.
const doubtfulSigns: readonly Sign[] = [
  { pattern: /\)[*+?]/, name: '`)` with a quantifier' },
  { pattern: /\p{L}\$$/u, name: '`$` at the end' },
  { pattern: /\[[^\]\s]+\]\p{L}/u, name: '`[` and `]` before a letter' },
  { pattern: /^[^*]*\p{L}\*(?!\*)/u, name: '`*` after a letter' },
  { pattern: /^\||\|$/, name: '`|` at an end' },
];

/** Reads one keyword; by its look where the rule names no method. Never throws. */
export function readKeyword(keyword: string, method?: KeywordMethod): Keyword {
  if (keyword.trim() === '') return { kind: 'invalid', message: 'is blank' };
  switch (method) {
    case 'literal':
      return { kind: 'literal', text: keyword };
    case 'regex':
      return endsInLoneBackslash(keyword)
        ? { kind: 'literal', text: keyword }
        : readRegex(keyword, '');
    case 'bm25':
    case 'fuzzy':
    case 'ngram':
      return readWords(keyword);
    case undefined:
      return readByLook(keyword);
  }
}

/** No expression ends so, but a path does: C:\Program Files\ */
function endsInLoneBackslash(keyword: string): boolean {
  return /(?<!\\)(?:\\\\)*\\$/.test(keyword);
}

function readWords(keyword: string): Keyword {
  const words = keyword.match(wordPattern);
  return words === null
    ? { kind: 'invalid', message: 'holds no word, which is all that this method finds' }
    : { kind: 'words', words };
}

// Letters, marks and digits; of scripts without spaces between words, each character by itself.
const unspaced =
  '[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Bopo}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}]';
const wordPattern = new RegExp(
  `[[\\p{L}\\p{M}\\p{N}]&&${unspaced}]|[[\\p{L}\\p{M}\\p{N}]--${unspaced}]+`,
  'gv',
);

/** The words of a text, for the methods that go by words. */
export function wordsOf(text: string): readonly string[] {
  return text.match(wordPattern) ?? [];
}

function readByLook(keyword: string): Keyword {
  if (endsInLoneBackslash(keyword)) return { kind: 'literal', text: keyword };
  const bare = keyword.replace(/\\[^A-Za-z0-9]/gsu, 'xx');
  const sign = regexSigns.find(({ pattern }) => pattern.test(bare));
  if (sign !== undefined) return readRegex(keyword, `because of ${sign.name}, `);
  const text = keyword.replace(/\\([!-/:-@[-`{-~ ])/g, '$1');
  const doubtful = doubtfulSigns.find(({ pattern }) => pattern.test(bare));
  if (doubtful === undefined) return { kind: 'literal', text };
  const doubt =
    `is read as plain text in spite of ${doubtful.name}; write (?:…) around it if a regular ` +
    'expression is meant, or `\\` before the sign if not';
  return { kind: 'literal', text, doubt };
}

/** `why` says what makes it an expression, where that was not said by the rule. */
function readRegex(source: string, why: string): Keyword {
  let expression: RE2JS;
  try {
    expression = compileKeywordRegex(source, true);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      kind: 'invalid',
      message:
        `is a regular expression, ${why}and does not compile: ` +
        `${reason.replace(/^error parsing regexp: /, '')} ` +
        '(in plain text, put `\\` before each sign, and write `\\` itself as `\\\\`)',
    };
  }
  if (expression.matcher('').find()) {
    return {
      kind: 'invalid',
      message: 'is a regular expression that the empty text matches, so it holds for every prompt',
    };
  }
  return { kind: 'regex', source };
}

/**
 * Compiles the source of a regex keyword; matching takes time in proportion to the text. Throws
 * where `readKeyword` says `invalid`.
 */
export function compileKeywordRegex(source: string, caseSensitive: boolean): RE2JS {
  return RE2JS.compile(source, caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE);
}
