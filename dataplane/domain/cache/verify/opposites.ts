// Words that turn a question round. Embeddings take most of them for paraphrases.
import { antonyms, negatingPrefixes, opposedPrefixes } from '../lexicon/antonyms.ts';
import { termKey } from '../reading/term-key.ts';

const opposites = new Map<string, Set<string>>();

for (const pair of antonyms) {
  const [one, other] = [termKey(pair[0]), termKey(pair[1])];
  opposites.set(one, (opposites.get(one) ?? new Set()).add(other));
  opposites.set(other, (opposites.get(other) ?? new Set()).add(one));
}

/** Whether two terms are opposites, by list or by their prefixes. Expects their keys. */
export function areOpposites(one: string, other: string): boolean {
  return opposites.get(one)?.has(other) === true || areByPrefix(one, other);
}

/** Shorter words are alike by chance: `able` and `disable` count, `is` and `his` do not. */
const shortestStem = 3;

/** `lucky` and `unlucky`, `hypotension` and `hypertension`. */
function areByPrefix(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (short.length >= shortestStem && negatingPrefixes.some((prefix) => long === prefix + short)) {
    return true;
  }
  return opposedPrefixes.some(
    ([left, right]) => differIn(left, right, [one, other]) || differIn(left, right, [other, one]),
  );
}

function differIn(left: string, right: string, [one, other]: readonly [string, string]): boolean {
  if (!one.startsWith(left) || !other.startsWith(right)) return false;
  const rest = one.slice(left.length);
  return rest.length >= shortestStem && rest === other.slice(right.length);
}
