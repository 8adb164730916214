// Cuts long texts into what a model reads at once. Pure.
import type { Encoded } from '../tokenizer/tokenizer.ts';

/** Tokens `from` to `to` are read together; of these, `ownFrom` to `ownTo` are this window's to judge. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly ownFrom: number;
  readonly ownTo: number;
}

export interface WindowSize {
  readonly tokens: number;
  readonly overlap: number;
}

/**
 * Overlapping windows over all tokens, at least one. They begin and end where words do unless a word
 * is longer than a window; what two windows share is divided between them in the middle, so that
 * every token is judged once, with as much text around it as there is.
 */
export function cutWindows(text: string, encoded: Encoded, size: WindowSize): readonly Window[] {
  const count = encoded.ids.length;
  const cuts: { from: number; to: number }[] = [];
  for (let from = 0; ;) {
    const to = wordStart(text, encoded, from, Math.min(count, from + size.tokens));
    cuts.push({ from, to });
    if (to >= count) break;
    from = wordStart(text, encoded, from, Math.max(from + 1, to - size.overlap));
  }
  const borders = cuts.slice(1).map(({ from }, index) => {
    const before = cuts[index]?.to ?? from;
    return from >= before
      ? before
      : wordStart(text, encoded, from - 1, from + Math.ceil((before - from) / 2));
  });
  return cuts.map((cut, index) => ({
    ...cut,
    ownFrom: borders[index - 1] ?? 0,
    ownTo: borders[index] ?? count,
  }));
}

/** Tokens of the head and of the tail of a text that together fit; undefined where all of it fits. */
export function cutHeadAndTail(
  text: string,
  encoded: Encoded,
  tokens: number,
): { readonly headTo: number; readonly tailFrom: number } | undefined {
  const count = encoded.ids.length;
  if (count <= tokens) return undefined;
  const half = Math.floor(tokens / 2);
  const tailFrom = count - half;
  let from = tailFrom;
  while (from < count && !beginsWord(text, encoded, from)) from++;
  return {
    headTo: wordStart(text, encoded, 0, half),
    tailFrom: from < count ? from : tailFrom,
  };
}

/** The last place not after `at` but after `floor` where a word begins; `at` itself if none does. */
function wordStart(text: string, encoded: Encoded, floor: number, at: number): number {
  if (at >= encoded.ids.length) return at;
  let start = at;
  while (start > floor && !beginsWord(text, encoded, start)) start--;
  return start > floor ? start : at;
}

const wordCharacter = /[\p{L}\p{M}\p{N}]/u;

function beginsWord(text: string, { starts, ends }: Encoded, token: number): boolean {
  const start = starts[token] ?? 0;
  if (token === 0 || start > (ends[token - 1] ?? 0)) return true;
  const before = text.codePointAt(start - 1);
  const first = text.codePointAt(start);
  return !(isWordCharacter(before) && isWordCharacter(first));
}

function isWordCharacter(codePoint: number | undefined): boolean {
  return codePoint !== undefined && wordCharacter.test(String.fromCodePoint(codePoint));
}
