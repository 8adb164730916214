// Signals about how the text of a prompt is built: how often something occurs in it, whether it does,
// how densely, or whether markers follow each other.
import type { RE2JS } from 're2js';
import { compileKeywordRegex, wordsOf } from '../../../config/keyword-pattern.ts';
import type { StructureRule } from '../../../config/schema/index.ts';
import { isWordCodePoint } from '../keywords/characters.ts';
import { truth, type SignalValue } from '../signal-values.ts';
import { satisfies } from './predicate.ts';

/** Units of a prompt that are looked at, from its beginning. */
const mostStructureUnits = 65_536;

/** The text of a prompt, with what several rules need of it. */
export class StructuredText {
  readonly text: string;
  /** Bytes of the whole text. */
  readonly bytes: number;
  #lowerCase: string | undefined;
  #words: number | undefined;

  constructor(text: string) {
    this.text = text.slice(0, mostStructureUnits);
    this.bytes = Buffer.byteLength(text);
  }

  get lowerCase(): string {
    return (this.#lowerCase ??= this.text.toLowerCase());
  }

  get words(): number {
    return (this.#words ??= wordsOf(this.text).length);
  }
}

/** The number that a rule is about. Throws on a pattern that the checks refuse. */
export type Feature = (text: StructuredText) => number;

export function structureSignal(rule: StructureRule, value: number): SignalValue {
  return truth(satisfies(value, rule.predicate));
}

export function compileFeature({ feature }: StructureRule): Feature {
  const count = compileCount(feature.source);
  switch (feature.type) {
    case 'count':
    case 'sequence':
      return count;
    case 'exists':
      return (text) => Math.min(count(text), 1);
    case 'density': {
      const { normalize_by: by = 'word_count' } = feature;
      return (text) => {
        const whole = by === 'word_count' ? text.words : text.text.length;
        return whole === 0 ? 0 : count(text) / whole;
      };
    }
  }
}

function compileCount(source: StructureRule['feature']['source']): Feature {
  const { case_sensitive: minds } = source;
  const fold = (text: string): string => (minds ? text : text.toLowerCase());
  const readable = (text: StructuredText): string => (minds ? text.text : text.lowerCase);
  switch (source.type) {
    case 'text_bytes':
      return ({ bytes }) => bytes;
    case 'regex': {
      const expression = compileKeywordRegex(source.pattern ?? '', minds);
      return ({ text }) => countMatches(expression, text);
    }
    case 'keyword_set': {
      const keywords = [...new Set(source.keywords?.map(fold))];
      return (text) =>
        keywords.reduce((sum, keyword) => sum + countOccurrences(readable(text), keyword), 0);
    }
    case 'sequence': {
      const sequences = (source.sequences ?? []).map((markers) => markers.map(fold));
      return (text) =>
        sequences.some((markers) => followEachOther(readable(text), markers)) ? 1 : 0;
    }
  }
}

function countMatches(expression: RE2JS, text: string): number {
  const matcher = expression.matcher(text);
  let count = 0;
  while (matcher.find()) count++;
  return count;
}

function countOccurrences(text: string, keyword: string): number {
  let count = 0;
  for (let at = text.indexOf(keyword); at >= 0; at = text.indexOf(keyword, at + keyword.length)) {
    if (standsAlone(text, at, at + keyword.length)) count++;
  }
  return count;
}

/** The first place after which the rest follows is the best for the rest. */
function followEachOther(text: string, markers: readonly string[]): boolean {
  let from = 0;
  for (const marker of markers) {
    let at = text.indexOf(marker, from);
    while (at >= 0 && !standsAlone(text, at, at + marker.length)) at = text.indexOf(marker, at + 1);
    if (at < 0) return false;
    from = at + marker.length;
  }
  return true;
}

/** Whether no word goes on at the ends of a stretch of text. */
function standsAlone(text: string, start: number, end: number): boolean {
  return (
    !(isInWord(text, start - 1) && isInWord(text, start)) &&
    !(isInWord(text, end - 1) && isInWord(text, end))
  );
}

function isInWord(text: string, at: number): boolean {
  const codePoint = text.codePointAt(at);
  return at >= 0 && codePoint !== undefined && isWordCodePoint(codePoint);
}
