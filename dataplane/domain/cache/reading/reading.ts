// What is known of a prompt once it was read.

/** A word that carries content. */
export interface Term {
  /** Equal for words that mean the same. */
  readonly key: string;
  readonly kind: 'word' | 'number' | 'unit' | 'quoted';
  /** Preposition before it; empty where there is none. */
  readonly role: string;
  /** Equal for the terms of one phrase: those behind the same preposition, or behind none. */
  readonly phrase: number;
  /** Whether it looks like a name: capital in the middle of a sentence. */
  readonly isName: boolean;
}

export interface PromptReading {
  readonly question: string;
  readonly terms: readonly Term[];
  /** Small words that count, in order. */
  readonly particles: readonly string[];
  /** What is denied, and how, in order. */
  readonly negations: readonly string[];
  readonly owners: readonly string[];
  /** `i`, `you` and `me` as they were said; `we` counts as `i`. */
  readonly persons: readonly string[];
  /** Empty where no auxiliary verb tells. */
  readonly tense: '' | 'past' | 'present' | 'future';
  /** Signs that are no punctuation, in order. */
  readonly signs: string;
  /** Whether who does it stands first, as in `how do dogs bark`. */
  readonly opensWithSubject: boolean;
}

/**
 * Of the persons said, those that tell questions apart: `how do you` is as good as `how do I`, but who
 * calls me is not whom I call, and what you can do is not what I can.
 */
export function tellingPersons({ question, terms, persons }: PromptReading): readonly string[] {
  const isShort = terms.length <= (question.startsWith('how') ? 1 : 3);
  return isShort ? persons : persons.filter((person) => person === 'me');
}
