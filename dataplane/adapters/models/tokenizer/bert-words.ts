// Normalises a text as BERT does and splits it into words, keeping track of where everything stood.
import { isChinese, isPunctuation, isRemoved, isWhitespace } from './characters.ts';

export interface Normalisation {
  /** Removes what cannot be seen; any white space becomes a blank. */
  readonly cleansText: boolean;
  /** Makes a word of each Chinese character. */
  readonly splitsChinese: boolean;
  readonly stripsAccents: boolean;
  readonly lowercases: boolean;
}

/** A word, normalised. `starts` and `ends` tell for each of its UTF-16 units where it came from. */
export interface BertWord {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Words in order, never empty: runs of characters, and punctuation characters one by one. */
export function* bertWords(text: string, normalisation: Normalisation): Generator<BertWord> {
  let word = emptyWord();
  for (let at = 0; at < text.length;) {
    const codePoint = text.codePointAt(at) ?? 0;
    const character = String.fromCodePoint(codePoint);
    const end = at + character.length;
    const kind = kindOf(codePoint, character, normalisation);
    const standsAlone = kind === 'alone';
    if ((standsAlone || kind === 'blank') && word.text !== '') {
      yield word;
      word = emptyWord();
    }
    if (kind === 'letter' || standsAlone) {
      for (const part of normalise(codePoint, character, normalisation)) {
        // A Chinese character may decompose, and letters into punctuation; each is judged again.
        const isAlone = isPunctuation(part.codePointAt(0) ?? 0, part);
        if (isAlone && word.text !== '') {
          yield word;
          word = emptyWord();
        }
        append(word, part, at, end);
        if (isAlone) {
          yield word;
          word = emptyWord();
        }
      }
      if (standsAlone && word.text !== '') {
        yield word;
        word = emptyWord();
      }
    }
    // An accent that was stripped still belongs to its letter: who masks a word masks it too.
    if (kind === 'mark') extendLast(word, end);
    at = end;
  }
  if (word.text !== '') yield word;
}

interface GrowingWord {
  text: string;
  readonly starts: number[];
  readonly ends: number[];
}

function emptyWord(): GrowingWord {
  return { text: '', starts: [], ends: [] };
}

function append(word: GrowingWord, part: string, start: number, end: number): void {
  word.text += part;
  for (let unit = 0; unit < part.length; unit++) {
    word.starts.push(start);
    word.ends.push(end);
  }
}

function extendLast(word: GrowingWord, end: number): void {
  const last = word.ends.length - 1;
  if (last >= 0) word.ends[last] = end;
}

type Kind = 'letter' | 'alone' | 'blank' | 'mark' | 'removed';

function kindOf(codePoint: number, character: string, normalisation: Normalisation): Kind {
  if (normalisation.cleansText && isRemoved(codePoint, character)) return 'removed';
  if (isWhitespace(codePoint, character)) return 'blank';
  if (isPunctuation(codePoint, character)) return 'alone';
  if (normalisation.splitsChinese && isChinese(codePoint)) return 'alone';
  if (normalisation.stripsAccents && isAccent(codePoint, character)) return 'mark';
  return 'letter';
}

function isAccent(codePoint: number, character: string): boolean {
  return codePoint >= 0x300 && /^\p{Mn}$/u.test(character);
}

/** The characters that one character becomes. */
function normalise(
  codePoint: number,
  character: string,
  { stripsAccents, lowercases }: Normalisation,
): Iterable<string> {
  if (codePoint < 0x80) return lowercases ? character.toLowerCase() : character;
  const plain = stripsAccents ? character.normalize('NFD').replace(/\p{Mn}/gu, '') : character;
  // One character at a time: the rule for a sigma at the end of a word must not apply.
  return lowercases ? Array.from(plain, (part) => part.toLowerCase()).join('') : plain;
}
