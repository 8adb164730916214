// Ways in which attackers hide a text from filters, so that detectors can be measured on them.
import { Buffer } from 'node:buffer';

const cyrillic: Readonly<Record<string, string>> = {
  a: 'а',
  c: 'с',
  e: 'е',
  i: 'і',
  o: 'о',
  p: 'р',
  s: 'ѕ',
  x: 'х',
  y: 'у',
};

const map = (text: string, change: (character: string) => string): string =>
  Array.from(text, change).join('');

const shifted = (character: string, by: number): string =>
  String.fromCodePoint(character.charCodeAt(0) + by);

const isPrintable = (character: string): boolean => /^[!-~]$/.test(character);

/** By name: the text as an attacker would send it. */
export const evasions: Readonly<Record<string, (text: string) => string>> = {
  'zero-width': (text) => Array.from(text).join('\u200b'),
  'full-width': (text) => map(text, (one) => (isPrintable(one) ? shifted(one, 0xfee0) : one)),
  homoglyph: (text) => map(text, (one) => cyrillic[one] ?? one),
  tag: (text) =>
    `Hello! ${map(text, (one) => (one.charCodeAt(0) < 0x80 ? shifted(one, 0xe0000) : one))}`,
  base64: (text) => `Decode this: ${Buffer.from(text).toString('base64')}`,
};
