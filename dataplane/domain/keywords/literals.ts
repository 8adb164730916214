// Keywords that are plain text, of all rules, found in one pass, so that the cost does not grow with
// their number.
import { readKeyword } from '../../../config/keyword-pattern.ts';
import type { KeywordRule } from '../../../config/schema/index.ts';
import { KeywordAutomaton } from './automaton.ts';
import { foldText } from './characters.ts';
import type { Finder } from './finder.ts';
import type { Keyword } from './keyword.ts';

/**
 * The finder of literals. Unicode simple case folding is what "case does not matter" means for them.
 * All takes time in proportion to the text, whatever the text and the keywords are.
 */
export function literalFinder(rules: readonly KeywordRule[]): Finder | undefined {
  const literals = rules.map(literalsOf);
  if (literals.every((own) => own.size === 0)) return undefined;
  const keywords: Keyword[] = [];
  const users: (readonly number[])[] = [];
  for (const mindsCase of [false, true]) {
    for (const [text, own] of usersOf(
      literals,
      (rule) => rules[rule]?.case_sensitive === mindsCase,
    )) {
      keywords.push({ text, mindsCase });
      users.push(own);
    }
  }
  const automaton = new KeywordAutomaton(keywords);
  return {
    totals: Int32Array.from(literals, (own) => own.size),
    find(text) {
      const counts = new Int32Array(rules.length);
      let open = keywords.length;
      automaton.scan(text, (literal) => {
        for (const rule of users[literal] ?? []) counts[rule] = (counts[rule] ?? 0) + 1;
        open--;
        return open === 0;
      });
      return { get: (rule) => counts[rule] };
    },
  };
}

/** Each once, case aside where it does not matter. */
function literalsOf({ keywords, method, case_sensitive }: KeywordRule): ReadonlySet<string> {
  const literals = new Set<string>();
  for (const keyword of keywords) {
    const read = readKeyword(keyword, method);
    if (read.kind === 'literal') literals.add(case_sensitive ? read.text : foldText(read.text));
  }
  return literals;
}

/** The rules that each literal belongs to, of those rules that are wanted. */
function usersOf(
  literals: readonly ReadonlySet<string>[],
  isWanted: (rule: number) => boolean,
): ReadonlyMap<string, readonly number[]> {
  const users = new Map<string, number[]>();
  for (const [rule, own] of literals.entries()) {
    if (!isWanted(rule)) continue;
    for (const literal of own) {
      const known = users.get(literal);
      if (known === undefined) users.set(literal, [rule]);
      else known.push(rule);
    }
  }
  return users;
}
