// Several words that say one thing become one word.
import { phrases, separable } from '../lexicon/phrases.ts';
import type { Token } from './tokens.ts';

/** `log in` becomes `login`, `turn the light off` becomes `disable the light`. */
export function withPhrases(tokens: readonly Token[]): Token[] {
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
      found.push({ ...token, kind: 'word', text: phrase.word, isAcronym: false });
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
      result[index] = { kind: 'word', text: word, isCapital: false, isAcronym: false };
      result.splice(at, 1);
      break;
    }
  }
  return result;
}
