// Whether two prompts that embeddings find similar ask for the same. Each rule answers with its name
// where it finds a difference; the first one ends it. It knows no embeddings.
import { tellingPersons, type PromptReading, type Term } from '../reading/reading.ts';
import { areOpposites } from './opposites.ts';
import { rolesAgree } from './roles.ts';

export type Strictness = 'strict' | 'balanced';

interface Rule {
  readonly name: string;
  readonly differs: (left: PromptReading, right: PromptReading, strictness: Strictness) => boolean;
}

const rules = [
  { name: 'question', differs: (l, r) => l.question !== r.question },
  { name: 'numbers', differs: (l, r) => keys(l, 'number') !== keys(r, 'number') },
  { name: 'units', differs: (l, r) => keys(l, 'unit') !== keys(r, 'unit') },
  { name: 'negation', differs: (l, r) => sorted(l.negations) !== sorted(r.negations) },
  { name: 'particles', differs: (l, r) => sorted(l.particles) !== sorted(r.particles) },
  { name: 'owners', differs: (l, r) => sorted(l.owners) !== sorted(r.owners) },
  { name: 'persons', differs: haveOtherPersons },
  { name: 'tense', differs: (l, r) => l.tense !== '' && r.tense !== '' && l.tense !== r.tense },
  { name: 'signs', differs: (l, r) => l.signs !== r.signs },
  { name: 'opposites', differs: haveOpposites },
  { name: 'names', differs: haveOtherNames },
  { name: 'words', differs: haveOtherWords },
  { name: 'order', differs: (l, r) => !rolesAgree(l, r) },
] as const satisfies readonly Rule[];

export type Difference = (typeof rules)[number]['name'];

/** What the two differ in; undefined: nothing that was looked at. */
export function findDifference(
  left: PromptReading,
  right: PromptReading,
  strictness: Strictness,
): Difference | undefined {
  return rules.find(({ differs }) => differs(left, right, strictness))?.name;
}

function keys({ terms }: PromptReading, kind: Term['kind']): string {
  return terms.flatMap((term) => (term.kind === kind ? [term.key] : [])).join(' ');
}

function sorted(words: readonly string[]): string {
  return [...words].sort().join(' ');
}

/** Terms of the first that the second does not have, each as often as it is missing. */
function missing(from: PromptReading, other: PromptReading): Term[] {
  const left = new Map<string, number>();
  for (const { key } of other.terms) left.set(key, (left.get(key) ?? 0) + 1);
  return from.terms.filter(({ key }) => {
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  });
}

/** Where one side names nobody, whoever asks is meant. */
function haveOtherPersons(left: PromptReading, right: PromptReading): boolean {
  const [mine, theirs] = [tellingPersons(left), tellingPersons(right)];
  const namesMe = mine.includes('me') || theirs.includes('me');
  if (!namesMe && (mine.length === 0 || theirs.length === 0)) return false;
  return sorted(mine) !== sorted(theirs);
}

function haveOpposites(left: PromptReading, right: PromptReading): boolean {
  const others = missing(right, left);
  return missing(left, right).some(({ key }) =>
    others.some((other) => areOpposites(key, other.key)),
  );
}

function haveOtherNames(left: PromptReading, right: PromptReading): boolean {
  return [...missing(left, right), ...missing(right, left)].some(
    ({ isName, kind }) => isName || kind === 'quoted',
  );
}

function haveOtherWords(
  left: PromptReading,
  right: PromptReading,
  strictness: Strictness,
): boolean {
  const mine = missing(left, right);
  const theirs = missing(right, left);
  // Prompts of small words alone may be about those words.
  if (left.terms.length === 0 || right.terms.length === 0) return true;
  if (strictness === 'strict') return mine.length + theirs.length > 0;
  return mine.length === 1 && theirs.length === 1;
}
