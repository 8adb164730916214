// Normalises a text as BERT does and splits it into words, keeping track of where everything stood.
import type { Letter } from './letters.ts';

/** A word, normalised. `starts` and `ends` tell for each of its UTF-16 units where it came from. */
export interface BertWord {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Words in order, never empty: runs of characters, and punctuation characters one by one. */
export function* bertWords(
  text: string,
  letterOf: (codePoint: number) => Letter,
): Generator<BertWord> {
  let word = emptyWord();
  for (let at = 0; at < text.length;) {
    const codePoint = text.codePointAt(at) ?? 0;
    const end = at + (codePoint > 0xffff ? 2 : 1);
    const { kind, parts } = letterOf(codePoint);
    if ((kind === 'alone' || kind === 'blank') && word.text !== '') {
      yield word;
      word = emptyWord();
    }
    for (const { text: part, isAlone } of parts) {
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
    if (kind === 'alone' && word.text !== '') {
      yield word;
      word = emptyWord();
    }
    // An accent that was stripped still belongs to its letter: who masks a word masks it too.
    if (kind === 'accent') extendLast(word, end);
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
