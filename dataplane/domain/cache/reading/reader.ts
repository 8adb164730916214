// Goes through the words of a prompt once and sorts them: content, in its order and part; small words
// that count; all others are left out.
import {
  auxiliaries,
  doubleVerbs,
  focusing,
  givingVerbs,
  modalWords,
  negators,
  owners,
  particles,
  roleWords,
  silentWords,
  wishes,
} from '../lexicon/function-words.ts';
import { units, unitsBehindNumbers } from '../lexicon/numbers.ts';
import type { PromptReading, Term } from './reading.ts';
import { termKey } from './term-key.ts';
import type { Token } from './tokens.ts';

/** What the words by themselves say. */
export type Words = Omit<PromptReading, 'question' | 'tense' | 'opensWithSubject'>;

/** In questions about words every word may be what is asked for. */
export function readWords(tokens: readonly Token[], isAboutWords: boolean): Words {
  return new Reader(tokens, isAboutWords).read();
}

const silentQuestions = new Set('who what which where when why how that and but if'.split(' '));

function isSmallAnywhere(word: string): boolean {
  return (
    silentWords.has(word) ||
    modalWords.has(word) ||
    doubleVerbs.has(word) ||
    roleWords.has(word) ||
    particles.has(word)
  );
}

function personOf(word: string): string | undefined {
  if (word === 'i' || word === 'we') return 'i';
  if (word === 'you') return 'you';
  return word === 'me' || word === 'us' ? 'me' : undefined;
}

class Reader {
  private readonly tokens: readonly Token[];
  private readonly isAboutWords: boolean;
  private readonly terms: Term[] = [];
  private readonly counted: string[] = [];
  private readonly owned: string[] = [];
  private readonly said: string[] = [];
  private readonly denied: string[] = [];
  private signs = '';
  private role = '';
  private phrase = 0;
  private isRoleOpen = false;
  /** Particles that wait for the word that they belong to. */
  private readonly focus: number[] = [];

  constructor(tokens: readonly Token[], isAboutWords: boolean) {
    this.tokens = tokens;
    this.isAboutWords = isAboutWords;
  }

  read(): Words {
    for (const [index, token] of this.tokens.entries()) this.take(token, index);
    this.endRole();
    return {
      terms: this.terms,
      particles: this.counted,
      negations: this.denied,
      owners: this.owned,
      persons: this.said,
      signs: this.signs,
    };
  }

  private take(token: Token, index: number): void {
    switch (token.kind) {
      case 'stop':
        this.endRole();
        return;
      case 'sign':
        if (units.has(token.text)) this.add('unit', `~${units.get(token.text) ?? ''}`, token);
        else if (token.text !== "'" && token.text !== '"') this.signs += token.text;
        return;
      case 'quoted':
        this.add('quoted', `"${token.text.replace(/[.,!?]+$/, '')}"`, token);
        return;
      case 'number':
        this.add('number', `#${token.text}`, token);
        return;
      case 'word':
        this.takeWord(token, index);
    }
  }

  private takeWord(token: Token, index: number): void {
    const word = token.text;
    const negator = negators.get(word);
    if (this.isLetter(token, index)) {
      this.add('word', word, token);
    } else if (token.isAcronym && isSmallAnywhere(word)) {
      // The department IT is no pronoun.
      this.add('word', `${word}^`, token);
    } else if (negator !== undefined) {
      this.deny(negator, index);
      if (word === 'without') this.counted.push(word);
    } else if (this.isSmall(token, index)) {
      this.takeSmall(token, index);
    } else {
      const unit = this.unitOf(word, index);
      if (unit !== undefined) this.add('unit', `~${unit}`, token);
      else this.add('word', termKey(word), token);
    }
  }

  /** Not all are white: that is not what all are not. */
  private deny(negator: string, index: number): void {
    const after = particles.get(this.tokens[index + 1]?.text ?? '');
    const isOfFocus = after !== undefined && focusing.has(after);
    this.denied.push(isOfFocus ? `${negator} ${after}` : negator);
  }

  /** Whether a word has no content of its own here. */
  private isSmall(token: Token, index: number): boolean {
    const word = token.text;
    const before = this.tokens[index - 1];
    const after = this.tokens[index + 1]?.text ?? '';
    if (owners.has(word) || particles.has(word)) return true;
    if (this.isAboutWords && !/^(?:a|an|the|of|is|are|do|does|i|you|to)$/.test(word)) return false;
    // A capital in the middle of a sentence: the band The Who, the month of May.
    if (token.isCapital && word !== 'i' && before !== undefined && before.kind !== 'stop') {
      return false;
    }
    if (wishes.has(word) && after === 'to') return true;
    if (modalWords.has(word)) return before?.text !== 'a' && before?.text !== 'an';
    if (doubleVerbs.has(word)) {
      return (
        before === undefined ||
        before.kind === 'stop' ||
        /^(?:not|been|to)$/.test(after) ||
        silentQuestions.has(before.text)
      );
    }
    return roleWords.has(word) || silentWords.has(word);
  }

  private takeSmall({ text: word }: Token, index: number): void {
    const owner = owners.get(word);
    if (owner !== undefined) this.owned.push(owner);
    const person = personOf(word);
    const before = this.tokens[index - 1]?.text ?? '';
    if (person !== undefined && !(person === 'me' && givingVerbs.has(before))) {
      this.said.push(person);
    }
    const particle = particles.get(word);
    if (particle !== undefined) {
      if (focusing.has(particle)) this.focus.push(this.counted.length);
      this.counted.push(particle);
    }
    const role = roleWords.get(word) ?? (word === 'using' || word === 'via' ? 'with' : undefined);
    if (role !== undefined) this.begin(role);
    else if (auxiliaries.has(word)) this.endRole();
  }

  private begin(role: string): void {
    this.endRole();
    this.role = role;
    this.phrase += 1;
    this.isRoleOpen = true;
  }

  /** A preposition at the end belongs to what is asked for: whom one plays for. */
  private endRole(): void {
    if (this.isRoleOpen) this.counted.push(`${this.role} what`);
    this.isRoleOpen = false;
    this.role = '';
  }

  private add(kind: Term['kind'], key: string, token: Token): void {
    this.isRoleOpen = false;
    for (const at of this.focus.splice(0)) {
      this.counted[at] = `${this.counted[at] ?? ''} ${key}`;
    }
    this.terms.push({
      kind,
      key,
      role: this.role,
      phrase: this.role === '' ? 0 : this.phrase,
      isName: token.isCapital && this.terms.length > 0,
    });
  }

  /** The `A` of vitamin A, the `I` of World War I: no article and no pronoun. */
  private isLetter({ text, isCapital }: Token, index: number): boolean {
    const before = this.tokens[index - 1];
    const after = this.tokens[index + 1];
    const isAfterContent = before?.kind === 'word' && !isSmallAnywhere(before.text);
    if (text === 'a') {
      const ends = after === undefined || after.kind === 'stop';
      return isAfterContent && (ends || isCapital);
    }
    return text === 'i' && isCapital && isAfterContent && this.terms.length > 0 && before.isCapital;
  }

  private unitOf(word: string, index: number): string | undefined {
    const unit = units.get(word);
    if (unit === undefined) return undefined;
    if (!unitsBehindNumbers.has(word)) return unit;
    return this.tokens[index - 1]?.kind === 'number' ? unit : undefined;
  }
}
