// Which part a word plays in a question, by the preposition before it; and whether two orders of the
// same words say the same.
import type { PromptReading, Term } from '../reading/reading.ts';

/** Prepositions that English uses for one another, or leaves away. */
const loose = new Set(['', 'of', 'in', 'on', 'at']);

/** Prepositions whose words may as well stand before what they describe: the router's password. */
const describing = new Set(['of', 'in', 'on', 'at', 'for', 'about']);

/** The preposition if it says something of its own, else empty. */
export function roleThatCounts(role: string): string {
  return loose.has(role) ? '' : role;
}

/** A term that both sides have, with its place in each. */
interface Shared {
  readonly left: Term;
  readonly right: Term;
  readonly leftAt: number;
  readonly rightAt: number;
}

/**
 * Whether words that both sides have play the same parts in both. Between words in one order loose
 * prepositions may change. Otherwise a word may have moved with its preposition, or from behind what
 * it describes to before it; all others must have kept their order.
 */
export function rolesAgree(left: PromptReading, right: PromptReading): boolean {
  const shared = sharedTerms(left.terms, right.terms);
  if (isInOrder(shared)) return shared.every(({ left: a, right: b }) => areAlike(a, b));
  const stayed = shared.filter(({ left: a, right: b }) => a.role === b.role);
  const moved = shared.filter(({ left: a, right: b }) => a.role !== b.role);
  // All from behind to before or all the other way: those that change places change the meaning.
  if (new Set(moved.map(({ left: a }) => a.role === '')).size > 1) return false;
  if (!moved.every((one) => describesTheSame(one, stayed))) return false;
  if (left.opensWithSubject && moved.some((one) => isBeforeAll(one.leftAt, 'leftAt', stayed))) {
    return false;
  }
  if (right.opensWithSubject && moved.some((one) => isBeforeAll(one.rightAt, 'rightAt', stayed))) {
    return false;
  }
  const roles = Map.groupBy(withoutFronted(left, right, stayed), ({ left: a }) => a.role);
  // The difference between two is the difference between the other two as well.
  return [...roles].every(([role, terms]) => role === 'between' || isInOrder(terms));
}

/** `In Linux, …`: a phrase that opens one of the two may stand anywhere in the other. */
function withoutFronted(
  left: PromptReading,
  right: PromptReading,
  stayed: readonly Shared[],
): readonly Shared[] {
  const [leftFront, rightFront] = [frontedPhrase(left), frontedPhrase(right)];
  if (leftFront !== undefined && rightFront !== undefined) return stayed;
  return stayed.filter(
    ({ left: a, right: b }) =>
      (leftFront === undefined || a.phrase !== leftFront) &&
      (rightFront === undefined || b.phrase !== rightFront),
  );
}

function frontedPhrase({ terms }: PromptReading): number | undefined {
  const [first] = terms;
  return first === undefined || first.role === '' ? undefined : first.phrase;
}

/** Whether two prepositions before the same word may stand for one another, in one order of words. */
function areAlike(one: Term, other: Term): boolean {
  if (one.role === other.role) return true;
  if (loose.has(one.role) && loose.has(other.role)) return true;
  // `to` may belong to a verb; before a number it never does: a rise to 5 is no rise of 5.
  const roles = [one.role, other.role];
  return one.kind === 'word' && roles.includes('to') && roles.includes('');
}

/** Who does it stands before all else: dogs that bark are not barked at. */
function isBeforeAll(
  place: number,
  side: 'leftAt' | 'rightAt',
  stayed: readonly Shared[],
): boolean {
  return stayed.every((one) => one[side] > place);
}

function isInOrder(shared: readonly Shared[]): boolean {
  return shared.every(({ rightAt }, index) => rightAt > (shared[index - 1]?.rightAt ?? -1));
}

/**
 * Whether a term stands behind its head with a preposition on one side, and close before the same
 * head without one on the other. The head has not moved itself: the wife's father is no father's wife.
 */
function describesTheSame(
  { left, right, leftAt, rightAt }: Shared,
  all: readonly Shared[],
): boolean {
  if (describing.has(left.role) && right.role === '') {
    const head = all.findLast((one) => one.leftAt < leftAt && one.left.role !== left.role);
    return head !== undefined && head.rightAt > rightAt && head.rightAt - rightAt <= 3;
  }
  if (describing.has(right.role) && left.role === '') {
    const heads = all.filter((one) => one.rightAt < rightAt && one.right.role !== right.role);
    const head = heads.sort((a, b) => b.rightAt - a.rightAt)[0];
    return head !== undefined && head.leftAt > leftAt && head.leftAt - leftAt <= 3;
  }
  return false;
}

/** In the order of the left. */
function sharedTerms(left: readonly Term[], right: readonly Term[]): Shared[] {
  const free = new Set(right.keys());
  const shared: Shared[] = [];
  for (const [leftAt, term] of left.entries()) {
    for (const rightAt of free) {
      const other = right[rightAt];
      if (other?.key !== term.key) continue;
      shared.push({ left: term, right: other, leftAt, rightAt });
      free.delete(rightAt);
      break;
    }
  }
  return shared;
}
