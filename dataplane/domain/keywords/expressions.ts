// Keywords that are regular expressions, of all rules, in a few automata: a text is read a few times,
// however many they are.
import { RE2JS, RE2JSCompileException, RE2Set } from 're2js';
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
      const pattern = minds ? source : `(?i)${source}`;
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
      for (const pattern of matching(text.toString())) {
        for (const rule of users[pattern] ?? []) counts.set(rule, (counts.get(rule) ?? 0) + 1);
      }
      return counts;
    },
  };
}

/**
 * One automaton each for a few dozen: where the states of one become too many, which some expressions
 * bring about on some texts, it goes on at the pace of all its expressions one after the other.
 */
const mostTogether = 64;

/** Which patterns match a text, by their places. */
type Matching = (text: string) => readonly number[];

function matcherOf(patterns: readonly string[]): Matching {
  const parts: { readonly first: number; readonly matching: Matching }[] = [];
  for (let first = 0; first < patterns.length; first += mostTogether) {
    const together = patterns.slice(first, first + mostTogether);
    parts.push({ first, matching: automatonOf(together) });
  }
  return (text) => parts.flatMap(({ first, matching }) => matching(text).map((at) => first + at));
}

function automatonOf(patterns: readonly string[]): Matching {
  const [only] = patterns;
  if (only !== undefined && patterns.length === 1) {
    const expression = RE2JS.compile(only);
    return (text) => (expression.test(text) ? [0] : []);
  }
  const set = new RE2Set(RE2Set.UNANCHORED);
  for (const pattern of patterns) set.add(pattern);
  try {
    set.compile();
  } catch (error) {
    if (!(error instanceof RE2JSCompileException)) throw error;
    // Together they are too large: the limit is of one automaton.
    const half = Math.ceil(patterns.length / 2);
    const left = automatonOf(patterns.slice(0, half));
    const right = automatonOf(patterns.slice(half));
    return (text) => [...left(text), ...right(text).map((at) => half + at)];
  }
  return (text) => set.match(text);
}
