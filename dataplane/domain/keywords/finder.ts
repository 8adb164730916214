// What each method of finding keywords offers to the matcher.
import type { JsonText } from '../json/text.ts';

export interface Finder {
  /** How many different keywords it knows of each rule; 0 of rules that are none of its own. */
  readonly totals: Int32Array;
  /** How many of them occur in a text, by the place of the rule; a rule without any may be left out. */
  find(text: JsonText): { get(rule: number): number | undefined };
}
