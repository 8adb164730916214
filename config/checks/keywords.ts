// Keywords that cannot be read as their rule says, or that would cost too much to look for.
import { readKeyword } from '../keyword-pattern.ts';
import type { KeywordRule } from '../schema/index.ts';
import type { Path } from '../source/problem.ts';
import { checkOf, type Check } from './check-of.ts';

/** All of them become one automaton, which must stay small. */
const maxExpressions = 500;
/** Each is compared with each word of a prompt. */
const maxLikeWords = 1000;
/** Below this, words that have little in common are alike. */
const leastFuzzyThreshold = 50;

export const keywordChecks: readonly Check[] = [
  checkOf('keywords can be read', ['keyword_rules'], function* (config) {
    for (const { keyword, method, path } of keywordsOf(config.keyword_rules)) {
      const read = readKeyword(keyword, method);
      if (read.kind === 'invalid') yield { path, message: read.message };
    }
  }),

  checkOf('regular expressions are few', ['keyword_rules'], function* (config) {
    let count = 0;
    for (const { keyword, method, path } of keywordsOf(config.keyword_rules)) {
      if (readKeyword(keyword, method).kind !== 'regex') continue;
      if (++count <= maxExpressions) continue;
      const message = `at most ${maxExpressions} keywords may be regular expressions`;
      yield { path, message };
      return;
    }
  }),

  checkOf('keywords found by likeness are few', ['keyword_rules'], function* (config) {
    let count = 0;
    for (const { keyword, method, path } of keywordsOf(config.keyword_rules)) {
      if (method !== 'fuzzy' && method !== 'ngram') continue;
      const read = readKeyword(keyword, method);
      count += read.kind === 'words' ? read.words.length : 0;
      if (count <= maxLikeWords) continue;
      const message = `at most ${maxLikeWords} words may be looked for by fuzzy and ngram rules`;
      yield { path, message };
      return;
    }
  }),

  checkOf('fuzzy_threshold is a likeness', ['keyword_rules'], function* (config) {
    for (const [index, { method, fuzzy_threshold: threshold }] of config.keyword_rules.entries()) {
      if (method !== 'fuzzy' || threshold === undefined || threshold >= leastFuzzyThreshold)
        continue;
      const message =
        `must be at least ${leastFuzzyThreshold}: it is a likeness in per cent, such as 82, and no ` +
        'number of differing characters';
      yield { path: ['keyword_rules', index, 'fuzzy_threshold'], message };
    }
  }),
];

/** All keywords with the methods of their rules and their places. */
export function* keywordsOf(rules: readonly KeywordRule[]): Generator<{
  readonly keyword: string;
  readonly method: KeywordRule['method'];
  readonly path: Path;
}> {
  for (const [rule, { keywords, method }] of rules.entries()) {
    for (const [index, keyword] of keywords.entries()) {
      yield { keyword, method, path: ['keyword_rules', rule, 'keywords', index] };
    }
  }
}
