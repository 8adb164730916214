// Keyword rules over a text: which of them hold, and how sure that is. What a keyword is,
// `config/keyword-pattern` says; each way of finding them has a finder, which looks at a text once for
// all rules, and only when a rule that needs it is asked about.
import { readKeyword } from '../../../config/keyword-pattern.ts';
import type { KeywordRule } from '../../../config/schema/index.ts';
import { JsonText } from '../json/text.ts';
import { fails, holds, type SignalValue } from '../signal-values.ts';
import { bm25Finder } from './bm25.ts';
import { expressionFinder } from './expressions.ts';
import type { Finder } from './finder.ts';
import { fuzzyWords } from './fuzzy.ts';
import { literalFinder } from './literals.ts';
import { ngramWords } from './ngrams.ts';
import { phraseFinder } from './phrases.ts';

export interface KeywordMatcher {
  match(text: string | JsonText): KeywordMatches;
}

/** What the rules are for one text, by the order in which they were given. */
export interface KeywordMatches {
  valueOf(rule: number): SignalValue;
}

/**
 * Compiles keyword rules. All takes time in proportion to the text, whatever the text and the keywords
 * are. Throws on a keyword that `readKeyword` calls invalid, which the checks refuse before.
 */
export function compileKeywordRules(rules: readonly KeywordRule[]): KeywordMatcher {
  refuseInvalid(rules);
  const finders = [
    literalFinder(rules),
    expressionFinder(rules),
    bm25Finder(rules),
    phraseFinder(rules, 'fuzzy', fuzzyWords),
    phraseFinder(rules, 'ngram', ngramWords),
  ].filter((finder) => finder !== undefined);
  const compiled = rules.map(({ operator }, rule) => ({
    operator,
    finders: finders.flatMap(({ totals }, at) => ((totals[rule] ?? 0) > 0 ? [at] : [])),
    total: finders.reduce((sum, { totals }) => sum + (totals[rule] ?? 0), 0),
  }));
  return {
    match: (text) =>
      new Matches(typeof text === 'string' ? JsonText.of(text) : text, finders, compiled),
  };
}

interface CompiledRule {
  readonly operator: KeywordRule['operator'];
  /** Places of the finders that know keywords of it. */
  readonly finders: readonly number[];
  /** How many different keywords it has. */
  readonly total: number;
}

class Matches implements KeywordMatches {
  readonly #text: JsonText;
  readonly #finders: readonly Finder[];
  readonly #rules: readonly CompiledRule[];
  readonly #found: (ReturnType<Finder['find']> | undefined)[] = [];

  constructor(text: JsonText, finders: readonly Finder[], rules: readonly CompiledRule[]) {
    this.#text = text;
    this.#finders = finders;
    this.#rules = rules;
  }

  valueOf(rule: number): SignalValue {
    const { operator, finders, total } = this.#rules[rule] as CompiledRule;
    let matched = 0;
    for (const finder of finders) {
      this.#found[finder] ??= this.#finders[finder]?.find(this.#text);
      matched += this.#found[finder]?.get(rule) ?? 0;
    }
    return keywordValue(operator, matched, total);
  }
}

const half: SignalValue = { value: 'true', confidence: 0.5 };

/**
 * All that must occur do: nothing is surer. Of keywords any of which is enough, the more the surer.
 * That something does not occur is the weakest sign of all.
 */
function keywordValue(
  operator: KeywordRule['operator'],
  matched: number,
  total: number,
): SignalValue {
  switch (operator) {
    case 'AND':
      return matched === total ? holds : fails;
    case 'OR':
      if (matched === 0) return fails;
      return matched === total
        ? holds
        : { value: 'true', confidence: 0.5 + (0.5 * matched) / total };
    case 'NOR':
      return matched === 0 ? half : fails;
  }
}

/** The keywords of one rule that occur in the text, as they stand in the rule: for a reader. */
export function occurringKeywords(rule: KeywordRule, text: string): readonly string[] {
  const alone = rule.keywords.map((keyword): KeywordRule => ({
    ...rule,
    operator: 'OR',
    keywords: [keyword],
  }));
  const matches = compileKeywordRules(alone).match(text);
  return rule.keywords.filter((_, index) => matches.valueOf(index).value === 'true');
}

function refuseInvalid(rules: readonly KeywordRule[]): void {
  for (const { name, keywords, method } of rules) {
    for (const keyword of keywords) {
      const read = readKeyword(keyword, method);
      if (read.kind !== 'invalid') continue;
      throw new Error(`keyword ${JSON.stringify(keyword)} of rule ${name} ${read.message}`);
    }
  }
}
