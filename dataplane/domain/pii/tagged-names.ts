// From the parts of names that a model tags to people: whole words with capitals, given names and
// surnames in one piece, and the same name wherever it stands again.
import type { PiiSpan, TaggedSpan } from '../findings.ts';
import { sureEnough } from './overlaps.ts';
import { isNamePart, nameGap, nameWord } from './names.ts';

/**
 * What makes 0.7, where guards act by default, of the model's score at which nine of ten names are
 * right: 0.41 for a full name, and 0.45 for a single word, which is more often a street or a firm.
 */
const fullNamePower = 0.4;
const loneNamePower = 0.45;

type Part = Pick<TaggedSpan, 'start' | 'end' | 'score'>;

/** `parts`: in the order of the text. */
export function joinNames(text: string, parts: readonly Part[]): PiiSpan[] {
  const people: { start: number; end: number; scores: number[] }[] = [];
  // Who never presses shift writes names small.
  const isAllSmall = !/\p{Lu}/u.test(text);
  for (const part of parts) {
    const trimmed = trim(text, part);
    if (trimmed === undefined || !isNamePart(text, trimmed, isAllSmall)) continue;
    const last = people.at(-1);
    if (last !== undefined && nameGap.test(text.slice(last.end, trimmed.start))) {
      last.end = trimmed.end;
      last.scores.push(part.score);
    } else people.push({ ...trimmed, scores: [part.score] });
  }
  return people.map(({ end, scores, start }) => {
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    const name = text.slice(start, end);
    const isFull = countWords(name) > 1;
    // Among small letters, a single word of capitals is an abbreviation.
    const doubt = !isFull && /^\p{Lu}+$/u.test(name) && /\p{Ll}{3}/u.test(text) ? 0.6 : 1;
    const score = doubt * mean ** (isFull ? fullNamePower : loneNamePower);
    return { type: 'PERSON', start, end, score: isAllSmall ? score * 0.95 : score };
  });
}

/** Without marks around it and without the `'s` of an owner. */
function trim(text: string, { end, start }: Part): { start: number; end: number } | undefined {
  const found = text.slice(start, end);
  const leading = /^[^\p{L}\p{M}]*/u.exec(found)?.[0].length ?? 0;
  const trailing = /(?:['’]s)?[^\p{L}\p{M}.]*$/u.exec(found)?.[0].length ?? 0;
  const place = { start: start + leading, end: end - trailing };
  return place.end - place.start < 2 ? undefined : place;
}

function countWords(name: string): number {
  return name.split(/[\s-]+/).filter((word) => nameWord.test(word)).length;
}

const shortest = 3;

/**
 * The other places of each name that is sure, in whole or by one of its words: what was found once
 * must not stay where the model overlooked it.
 */
export function repeatNames(text: string, people: readonly PiiSpan[]): PiiSpan[] {
  const words = new Map<string, number>();
  for (const { end, score, start } of people) {
    if (score < sureEnough) continue;
    for (const word of text.slice(start, end).match(/[\p{L}\p{M}'’-]+/gu) ?? []) {
      if (word.length < shortest || !/^\p{Lu}/u.test(word)) continue;
      words.set(word, Math.max(score, words.get(word) ?? 0));
    }
  }
  if (words.size === 0) return [];
  const repeated: PiiSpan[] = [];
  for (const { 0: word, index } of text.matchAll(/[\p{L}\p{M}]+(?:['’-](?!s\b)[\p{L}\p{M}]+)*/gu)) {
    const score = words.get(word);
    const end = index + word.length;
    if (score === undefined || people.some((one) => one.start < end && index < one.end)) continue;
    repeated.push({ type: 'PERSON', start: index, end, score: Math.max(sureEnough, score * 0.95) });
  }
  return repeated;
}
