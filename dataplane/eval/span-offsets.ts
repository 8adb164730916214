// Where labelled stretches begin and end. Offsets count UTF-16 units, as everywhere in the router; sets
// that were made with Python count code points, which differs behind an emoji.
import type { LabelledSpan } from './span-figures.ts';

const wordCharacter = /[\p{L}\p{N}\p{M}]/u;

/**
 * The spans in UTF-16 units. They are taken to be in these already, unless fewer of them cut a word
 * when they are read as code points.
 */
export function inUtf16(text: string, spans: readonly LabelledSpan[]): readonly LabelledSpan[] {
  // Without a pair of surrogates both are the same.
  if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) return spans;
  const places = unitsOfCodePoints(text);
  const moved = spans.map(({ type, start, end }) => ({
    ...{ type, start: places[start] ?? Infinity },
    end: places[end] ?? Infinity,
  }));
  return wholeOf(text, moved) > wholeOf(text, spans) ? moved : spans;
}

function wholeOf(text: string, spans: readonly LabelledSpan[]): number {
  return spans.filter((span) => isWhole(text, span)).length;
}

/** Whether a stretch begins and ends with something, and cuts no word and no character. */
function isWhole(text: string, { start, end }: LabelledSpan): boolean {
  const stretch = text.slice(start, end);
  return (
    end <= text.length &&
    stretch !== '' &&
    stretch === stretch.trim() &&
    !cutsWord(text, start) &&
    !cutsWord(text, end)
  );
}

/** Whether a place is within a word, or within the pair of surrogates that is one character. */
function cutsWord(text: string, at: number): boolean {
  if (/^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(Math.max(0, at - 1), at + 1))) return true;
  const before = Array.from(text.slice(Math.max(0, at - 2), at)).at(-1) ?? '';
  const [after = ''] = text.slice(at, at + 2);
  return wordCharacter.test(before) && wordCharacter.test(after);
}

/** By number of code points, the number of units before them; that of the end too. */
function unitsOfCodePoints(text: string): number[] {
  const places = [0];
  let units = 0;
  for (const character of text) places.push((units += character.length));
  return places;
}
