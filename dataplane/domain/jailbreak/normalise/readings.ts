// All the ways in which a text is read before rules and models look at it: as it is seen, respelled, and
// what it hides or encodes. Pure; bounded work and output for any text; never throws.
import { revealHidden } from './hidden-text.ts';
import { readPayloads } from './payloads.ts';
import { plainText } from './plain-text.ts';
import { respellings } from './respell.ts';

export interface Reading {
  /**
   * `seen`: the text as a reader sees it. `respelled`: the same text read in another way. `carried`: a
   * text that it hides or encodes.
   */
  readonly kind: 'seen' | 'respelled' | 'carried';
  readonly text: string;
  /** Whether a model would be misled by the original, so that it must be given this text. */
  readonly isDisguised: boolean;
}

export interface Readings {
  /** The seen text first. At most thirteen. */
  readonly readings: readonly Reading[];
  /** Whether the text carries letters that nobody sees. */
  readonly hidesText: boolean;
  /** Whether it is stored in another order than it is shown. */
  readonly turnsDirection: boolean;
}

/** UTF-16 units of one text that are read; of a longer one its head and its tail. */
export const mostRead = 262_144;
/** Units of one text that are respelled and decoded; of a longer one its head and its tail. */
const mostRespelled = 65_536;
/** A payload may carry another. */
const mostDepth = 2;

/** Fewer hidden letters than this are no words: a watermark, or half a flag. */
const fewestHidden = 4;

/** Reads a text. The work is linear up to the bounds above. */
export function readText(original: string): Readings {
  const { visible, hidden, turnsDirection } = revealHidden(headAndTail(original, mostRead));
  const { text, isDisguised } = plainText(visible);
  const seen: Reading = { kind: 'seen', text, isDisguised: isDisguised || visible !== original };
  const hidesText = hidden.length >= fewestHidden;
  return {
    readings: [
      seen,
      ...respell(text),
      ...(hidesText ? readCarried(hidden, 1) : []),
      ...decode(text, 1),
    ],
    hidesText,
    turnsDirection,
  };
}

function respell(text: string): Reading[] {
  const part = headAndTail(text, mostRespelled);
  return respellings.flatMap((respelling): Reading[] => {
    const read = respelling(part);
    return read === undefined ? [] : [{ kind: 'respelled', text: read, isDisguised: true }];
  });
}

function decode(text: string, depth: number): Reading[] {
  const payload = readPayloads(headAndTail(text, mostRespelled));
  return payload === undefined ? [] : readCarried(payload, depth);
}

function readCarried(carried: string, depth: number): Reading[] {
  const { visible } = revealHidden(carried);
  const { text } = plainText(visible);
  const reading: Reading = { kind: 'carried', text, isDisguised: true };
  return depth >= mostDepth ? [reading] : [reading, ...decode(text, depth + 1)];
}

/** The whole text, or its head and its tail of half the length each, on either side of a line end. */
export function headAndTail(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  return `${text.slice(0, half)}\n${text.slice(text.length - half)}`;
}
