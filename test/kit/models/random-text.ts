// Texts of many scripts for properties that must hold whatever a client sends.
import * as fc from 'fast-check';

// Characters that tokenizers of today and of the time when their tables were made agree about.
const blocks: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x1f],
  [0x20, 0x7e],
  [0x80, 0x24f],
  [0x300, 0x36f],
  [0x370, 0x377],
  [0x391, 0x3ff],
  [0x400, 0x52f],
  [0x5d0, 0x5ea],
  [0x620, 0x6ff],
  [0x905, 0x963],
  [0xe01, 0xe3a],
  [0x1e00, 0x1fbc],
  [0x2000, 0x206f],
  [0x20a0, 0x20bd],
  [0x2100, 0x214f],
  [0x2190, 0x23ff],
  [0x2600, 0x27bf],
  [0x3000, 0x30ff],
  [0x4e00, 0x9fa5],
  [0xac00, 0xd7a3],
  [0xe000, 0xe010],
  [0xf900, 0xfad9],
  [0xfe00, 0xfe0f],
  [0xff00, 0xffef],
  [0xfffd, 0xfffd],
  [0x1d400, 0x1d454],
  [0x1f300, 0x1f5ff],
  [0x20000, 0x20100],
];

const anyCharacter = fc
  .constantFrom(...blocks)
  .chain(([from, to]) => fc.integer({ min: from, max: to }))
  .map((codePoint) => String.fromCodePoint(codePoint));

const plainWords = fc.constantFrom(
  'the ',
  'password',
  ' is ',
  'naïve',
  "O'Neil",
  'x = 1;',
  '[SEP]',
  'ΣΑΣ',
);

/** Mostly words, with all sorts of characters between and inside them. */
export const anyText = fc
  .array(fc.oneof({ weight: 3, arbitrary: anyCharacter }, plainWords), { maxLength: 60 })
  .map((parts) => parts.join(''));
