// What a prompt says, as far as two prompts have to agree in it: what is asked, the words that carry
// content in their order and part, and the small words that turn a meaning round. English; it knows
// no embeddings and no caches.
import {
  auxiliaries,
  doubleVerbs,
  futureWords,
  givingVerbs,
  languageWords,
  modalWords,
  negators,
  owners,
  particles,
  pastWords,
  presentWords,
  roleWords,
  silentWords,
  wishes,
} from '../lexicon/function-words.ts';
import { units, unitsBehindNumbers } from '../lexicon/numbers.ts';
import { phrases, separable } from '../lexicon/phrases.ts';
import { expanded, plainText } from './plain-text.ts';
import { readQuestion } from './question.ts';
import { termKey } from './term-key.ts';
import { tokensOf, type Token } from './tokens.ts';

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
  readonly negations: number;
  readonly owners: readonly string[];
  /** `i`, `you` and `me` as they were said; `we` counts as `i`. */
  readonly persons: readonly string[];
  /** Empty where no auxiliary verb tells. */
  readonly tense: '' | 'past' | 'present' | 'future';
  /** Signs that are no punctuation, in order. */
  readonly signs: string;
}

export function readPrompt(text: string): PromptReading {
  const { kind, rest, asked } = readQuestion(expanded(plainText(text)).replace(/[\s?!.]+$/, ''));
  const tokens = tokensOf(rest);
  const isAboutWords = kind === 'mean' || tokens.some(({ text: word }) => languageWords.has(word));
  return new Reader(withPhrases(tokens), isAboutWords).read(kind, tenseOf(asked));
}

/** By the first auxiliary verb that tells. */
function tenseOf(text: string): PromptReading['tense'] {
  for (const [word] of text.toLowerCase().matchAll(/[a-z]+/g)) {
    if (pastWords.has(word)) return 'past';
    if (futureWords.has(word)) return 'future';
    if (presentWords.has(word)) return 'present';
  }
  return '';
}

/** Several words that say one thing become one. */
function withPhrases(tokens: readonly Token[]): Token[] {
  const found: Token[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined) break;
    const phrase = phrases
      .get(token.text)
      ?.find(({ words }) => words.every((word, at) => wordAt(tokens, index, at) === word));
    if (phrase === undefined) {
      found.push(token);
      continue;
    }
    if (phrase.word !== undefined) {
      found.push({ kind: 'word', text: phrase.word, isCapital: token.isCapital });
    }
    index += lengthOf(tokens, index, phrase.words.length) - 1;
  }
  return withSeparated(found);
}

/** The word so many words on, hyphens not counted. */
function wordAt(tokens: readonly Token[], from: number, offset: number): string | undefined {
  return tokens[from + lengthOf(tokens, from, offset + 1) - 1]?.text;
}

/** How many tokens the next `words` words take. */
function lengthOf(tokens: readonly Token[], from: number, words: number): number {
  let seen = 0;
  let length = 0;
  while (seen < words && from + length < tokens.length) {
    if (tokens[from + length]?.text !== '-') seen += 1;
    length += 1;
  }
  return length;
}

/** `turn the light off` is `disable the light`. */
function withSeparated(tokens: readonly Token[]): Token[] {
  const result = [...tokens];
  for (let index = 0; index < result.length; index += 1) {
    const verb = result[index]?.text ?? '';
    if (!/^(?:turn|switch|set|back|fill|call|put|get|take)(?:s|ing|ed)?$/.test(verb)) continue;
    for (let at = index + 2; at <= index + 5 && at < result.length; at += 1) {
      if (result[at]?.kind === 'stop') break;
      const word = separable.get(`${verb.replace(/(?:ing|s|ed)$/, '')} ${result[at]?.text ?? ''}`);
      if (word === undefined) continue;
      result[index] = { kind: 'word', text: word, isCapital: false };
      result.splice(at, 1);
      break;
    }
  }
  return result;
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
  private negations = 0;
  private signs = '';
  private role = '';
  private phrase = 0;

  constructor(tokens: readonly Token[], isAboutWords: boolean) {
    this.tokens = tokens;
    this.isAboutWords = isAboutWords;
  }

  read(question: string, tense: PromptReading['tense']): PromptReading {
    for (const [index, token] of this.tokens.entries()) this.take(token, index);
    return {
      question,
      terms: this.terms,
      particles: this.counted,
      negations: this.negations,
      owners: this.owned,
      persons: this.said,
      tense,
      signs: this.signs,
    };
  }

  private take(token: Token, index: number): void {
    switch (token.kind) {
      case 'stop':
        this.role = '';
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
    if (this.isLetter(token, index)) {
      this.add('word', word, token);
    } else if (negators.has(word) || word === 'non') {
      this.negations += 1;
      if (word === 'without') this.counted.push(word);
    } else if (this.isSmall(token, index)) {
      this.takeSmall(token, index);
    } else {
      const unit = this.unitOf(word, index);
      if (unit !== undefined) this.add('unit', `~${unit}`, token);
      else this.add('word', termKey(word), token);
    }
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
    if (particle !== undefined) this.counted.push(particle);
    const role = roleWords.get(word) ?? (word === 'using' || word === 'via' ? 'with' : undefined);
    if (role !== undefined) this.begin(role);
    else if (auxiliaries.has(word)) this.role = '';
  }

  private begin(role: string): void {
    this.role = role;
    this.phrase += 1;
  }

  private add(kind: Term['kind'], key: string, token: Token): void {
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

/**
 * Of the persons said, those that tell questions apart: `how do you` is as good as `how do I`, but who
 * calls me is not whom I call, and what you can do is not what I can.
 */
export function tellingPersons({ question, terms, persons }: PromptReading): readonly string[] {
  const isShort = terms.length <= (question.startsWith('how') ? 1 : 3);
  return isShort ? persons : persons.filter((person) => person === 'me');
}
