// Rules and signals that could never be meant: what they ask for cannot be, or is always.
import { readKeyword } from '../keyword-pattern.ts';
import type { KeywordRule } from '../schema/index.ts';
import type { Path } from '../source/problem.ts';
import { checkOf, type Check } from './check-of.ts';
import { ruleNodes } from './references.ts';

/** Rules within rules; deeper ones come from a mistake in a generated file. */
const maxRuleDepth = 16;
/** Each regular expression is run on each prompt, one after the other. */
const maxExpressions = 500;

export const ruleChecks: readonly Check[] = [
  checkOf('NOT takes one condition', ['decisions'], function* (config) {
    for (const { node, path } of ruleNodes(config.decisions)) {
      const count = node.conditions.length;
      if (node.operator !== 'NOT' || count === 1) continue;
      const message = `NOT takes exactly one condition, not ${count}; put several into an OR or AND`;
      yield { path: [...path, 'conditions'], message };
    }
  }),

  checkOf('OR takes a condition', ['decisions'], function* (config) {
    for (const { node, path } of ruleNodes(config.decisions)) {
      if (node.operator !== 'OR' || node.conditions.length > 0) continue;
      const message = 'an OR without conditions never holds; an AND without any always does';
      yield { path: [...path, 'conditions'], message };
    }
  }),

  checkOf('rules are not too deep', ['decisions'], function* (config) {
    for (const { depth, path } of ruleNodes(config.decisions)) {
      if (depth !== maxRuleDepth + 1) continue;
      yield { path, message: `rules are at most ${maxRuleDepth} levels deep` };
    }
  }),

  checkOf('keywords can be read', ['keyword_rules'], function* (config) {
    for (const { keyword, path } of keywordsOf(config.keyword_rules)) {
      const read = readKeyword(keyword);
      if (read.kind === 'invalid') yield { path, message: read.message };
    }
  }),

  checkOf('regular expressions are few', ['keyword_rules'], function* (config) {
    let count = 0;
    for (const { keyword, path } of keywordsOf(config.keyword_rules)) {
      if (readKeyword(keyword).kind !== 'regex') continue;
      if (++count <= maxExpressions) continue;
      const message = `at most ${maxExpressions} keywords may be regular expressions`;
      yield { path, message };
      return;
    }
  }),

  checkOf('prompt lengths are ranges', ['context_rules'], function* (config) {
    for (const [index, { min_tokens, max_tokens }] of config.context_rules.entries()) {
      if (max_tokens === undefined || max_tokens >= min_tokens) continue;
      const message = `${max_tokens} is less than \`min_tokens\`, ${min_tokens}`;
      yield { path: ['context_rules', index, 'max_tokens'], message };
    }
  }),

  checkOf('authz rules name somebody', ['authz_rules'], function* (config) {
    for (const [index, { users, tiers }] of config.authz_rules.entries()) {
      if (users.length + tiers.length > 0) continue;
      const message = 'names neither `users` nor `tiers`, so it never holds';
      yield { path: ['authz_rules', index], message };
    }
  }),
];

/** All keywords with their places. */
export function* keywordsOf(
  rules: readonly KeywordRule[],
): Generator<{ readonly keyword: string; readonly path: Path }> {
  for (const [rule, { keywords }] of rules.entries()) {
    for (const [index, keyword] of keywords.entries()) {
      yield { keyword, path: ['keyword_rules', rule, 'keywords', index] };
    }
  }
}
