// Keywords that are regular expressions, of all rules, as one automaton: a text is read once, however
// many they are.
import { RE2JS, RE2Set } from 're2js';
import { readKeyword } from '../../../config/keyword-pattern.ts';
import type { KeywordRule } from '../../../config/schema/index.ts';
import type { Finder } from './finder.ts';

/** The finder of expressions; matching takes time in proportion to the text. */
export function expressionFinder(rules: readonly KeywordRule[]): Finder | undefined {
  const totals = new Int32Array(rules.length);
  const usersOf = new Map<string, number[]>();
  for (const [rule, { keywords, method, case_sensitive: minds }] of rules.entries()) {
    const sources = keywords.flatMap((keyword) => {
      const read = readKeyword(keyword, method);
      return read.kind === 'regex' ? [read.source] : [];
    });
    const distinct = new Set(sources);
    totals[rule] = distinct.size;
    for (const source of distinct) {
      const pattern = minds ? source : `(?i:${source})`;
      const users = usersOf.get(pattern);
      if (users === undefined) usersOf.set(pattern, [rule]);
      else users.push(rule);
    }
  }
  if (usersOf.size === 0) return undefined;
  const users = [...usersOf.values()];
  const matching = matcherOf([...usersOf.keys()]);
  return {
    totals,
    find(text) {
      const counts = new Map<number, number>();
      for (const pattern of matching(text)) {
        for (const rule of users[pattern] ?? []) counts.set(rule, (counts.get(rule) ?? 0) + 1);
      }
      return counts;
    },
  };
}

function matcherOf(patterns: readonly string[]): (text: string) => readonly number[] {
  const [only] = patterns;
  if (patterns.length === 1 && only !== undefined) {
    const expression = RE2JS.compile(only);
    return (text) => (expression.test(text) ? [0] : []);
  }
  const set = new RE2Set(RE2Set.UNANCHORED);
  for (const pattern of patterns) set.add(pattern);
  set.compile();
  return (text) => set.match(text);
}
