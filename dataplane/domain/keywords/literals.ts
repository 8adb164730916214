// Keywords that are plain text, of all rules, found in one pass (two where some rules mind upper and
// lower case and others do not), so that the cost does not grow with their number.
import { readKeyword } from '../../../config/keyword-pattern.ts';
import type { KeywordRule } from '../../../config/schema/index.ts';
import { KeywordAutomaton } from './automaton.ts';
import { foldText } from './characters.ts';
import type { Finder } from './finder.ts';

/**
 * The finder of literals. Unicode simple case folding is what "case does not matter" means for them.
 * All takes time in proportion to the text, whatever the text and the keywords are.
 */
export function literalFinder(rules: readonly KeywordRule[]): Finder | undefined {
  const literals = rules.map(literalsOf);
  if (literals.every((own) => own.size === 0)) return undefined;
  const passes = [true, false].flatMap((foldsCase) => {
    const own = literals.map((all, rule) =>
      rules[rule]?.case_sensitive === foldsCase ? new Set<string>() : all,
    );
    return own.some((all) => all.size > 0) ? [pass(own, foldsCase)] : [];
  });
  return {
    totals: Int32Array.from(literals, (own) => own.size),
    find(text) {
      const counts = new Int32Array(rules.length);
      for (const run of passes) run(text, counts);
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

/** Adds to the counts of the rules what one pass over a text finds. */
function pass(
  literals: readonly ReadonlySet<string>[],
  foldsCase: boolean,
): (text: string, counts: Int32Array) => void {
  const usersOf = new Map<string, number[]>();
  for (const [rule, own] of literals.entries()) {
    for (const literal of own) {
      const users = usersOf.get(literal);
      if (users === undefined) usersOf.set(literal, [rule]);
      else users.push(rule);
    }
  }
  const users = [...usersOf.values()];
  const automaton = new KeywordAutomaton([...usersOf.keys()], { foldsCase });
  return (text, counts) => {
    let open = users.length;
    automaton.scan(text, (literal) => {
      for (const rule of users[literal] ?? []) counts[rule] = (counts[rule] ?? 0) + 1;
      open--;
      return open === 0;
    });
  };
}
