// Keyword rules over a text: which of them hold. Literal keywords of all rules are found in one pass,
// so that the cost does not grow with their number; each regular expression is a pass of its own, so
// it does.
import { compileKeywordRegex, readKeyword } from '../../../config/keyword-pattern.ts';
import type { KeywordRule } from '../../../config/schema/index.ts';
import { JsonText } from '../json/text.ts';
import { KeywordAutomaton } from './automaton.ts';
import { foldText } from './characters.ts';
import type { Keyword } from './keyword.ts';

export interface KeywordMatcher {
  /** Whether each rule holds for the text, in the order in which the rules were given. */
  match(text: string | JsonText): readonly boolean[];
}

/**
 * Compiles keyword rules. What a literal is and what an expression, `config/keyword-pattern` says;
 * Unicode simple case folding is what "case does not matter" means for literals.
 *
 * All takes time in proportion to the text, whatever the text and the keywords are. Throws on a
 * keyword that `readKeyword` calls invalid, which the checks refuse before.
 */
export function compileKeywordRules(rules: readonly KeywordRule[]): KeywordMatcher {
  const compiled = rules.map(compileRule);
  const findLiterals = literalPass(compiled);
  return {
    match(text) {
      for (const rule of compiled) {
        rule.missing = rule.literals.length;
        rule.open = rule.literals.length > 0;
      }
      const json = typeof text === 'string' ? JsonText.of(text) : text;
      findLiterals(json);
      return compiled.map((rule) => holds(rule, json));
    },
  };
}

/** The keywords of one rule that occur in the text, as they stand in the rule: for a reader. */
export function occurringKeywords(rule: KeywordRule, text: string): readonly string[] {
  const alone = rule.keywords.map((keyword): KeywordRule => ({
    ...rule,
    operator: 'OR',
    keywords: [keyword],
  }));
  const occurs = compileKeywordRules(alone).match(text);
  return rule.keywords.filter((_, index) => occurs[index] === true);
}

interface CompiledRule {
  readonly operator: KeywordRule['operator'];
  readonly mindsCase: boolean;
  /** Each once, case aside where it does not matter. */
  readonly literals: readonly string[];
  /** Whether an expression matches. */
  readonly expressions: readonly ((text: JsonText) => boolean)[];
  /** While a text is read: literals that were not seen yet. */
  missing: number;
  /** While a text is read: whether more literals can change what the rule is. */
  open: boolean;
}

function compileRule({ name, operator, keywords, case_sensitive }: KeywordRule): CompiledRule {
  const literals = new Set<string>();
  const expressions = new Map<string, (text: JsonText) => boolean>();
  for (const keyword of keywords) {
    const read = readKeyword(keyword);
    if (read.kind === 'invalid') {
      throw new Error(`keyword ${JSON.stringify(keyword)} of rule ${name} ${read.message}`);
    }
    if (read.kind === 'literal') {
      literals.add(case_sensitive ? read.text : foldText(read.text));
    } else {
      const expression = compileKeywordRegex(read.source, case_sensitive);
      expressions.set(read.source, (text) => expression.test(text.toString()));
    }
  }
  return {
    operator,
    mindsCase: case_sensitive,
    literals: [...literals],
    expressions: [...expressions.values()],
    missing: 0,
    open: false,
  };
}

/** One pass over a text, which counts what the rules miss and ends when nothing is open. */
function literalPass(rules: readonly CompiledRule[]): (text: JsonText) => void {
  const keywords: Keyword[] = [];
  const users: CompiledRule[][] = [];
  for (const mindsCase of [false, true]) {
    const usersOf = new Map<string, CompiledRule[]>();
    for (const rule of rules) {
      if (rule.mindsCase !== mindsCase) continue;
      for (const literal of rule.literals) {
        const known = usersOf.get(literal);
        if (known === undefined) usersOf.set(literal, [rule]);
        else known.push(rule);
      }
    }
    for (const [text, own] of usersOf) {
      keywords.push({ text, mindsCase });
      users.push(own);
    }
  }
  const withLiterals = rules.filter(({ literals }) => literals.length > 0).length;
  if (withLiterals === 0) return () => undefined;
  const automaton = new KeywordAutomaton(keywords);
  return (text) => {
    let open = withLiterals;
    automaton.scan(text, (literal) => {
      for (const rule of users[literal] ?? []) {
        if (!rule.open) continue;
        rule.missing--;
        // One literal says all about OR and NOR; AND wants every one.
        if (rule.operator !== 'AND' || rule.missing === 0) {
          rule.open = false;
          open--;
        }
      }
      return open === 0;
    });
  };
}

function holds(
  { operator, literals, expressions, missing }: CompiledRule,
  text: JsonText,
): boolean {
  if (operator === 'AND') return missing === 0 && expressions.every((matches) => matches(text));
  // Most rules have no expressions: a thousand of them are not to cost a closure each.
  const some =
    missing < literals.length ||
    (expressions.length > 0 && expressions.some((matches) => matches(text)));
  return some === (operator === 'OR');
}
