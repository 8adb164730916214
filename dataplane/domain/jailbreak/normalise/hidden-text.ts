// What a text carries that its reader does not see: letters in Unicode's tag block, bytes in variation
// selectors, and marks that turn the direction of reading. Knows nothing of what the words mean.
import { Buffer } from 'node:buffer';

export interface HiddenText {
  /** The text without the hidden characters. */
  readonly visible: string;
  /** What the hidden characters spell, runs separated by line ends; empty where there are none. */
  readonly hidden: string;
  /**
   * Whether the direction of reading is forced, or marked in a text that has no letter read from right
   * to left: a sign of words that are shown in another order than they are stored.
   */
  readonly turnsDirection: boolean;
}

const suspects = /[\u{e0000}-\u{e01ef}\ufe00-\ufe0f\u202a-\u202e\u2066-\u2069]/u;
// The flags of England, Scotland, Wales and the like are a black flag followed by tags.
const flag = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,6}\u{e007f}/gu;
const tagRun = /[\u{e0000}-\u{e007f}]{1,8192}/gu;
// One selector after an emoji is ordinary; a row of them is a channel for bytes.
const selectorRun = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{3,8192}/gu;
const forcedDirection = /[\u202d\u202e]/;
const markedDirection = /[\u202a\u202b\u2066-\u2068]/;
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

const firstTag = 0xe0000;
const printable = /[^\u0020-\u007e]/g;

/** Linear in the text. What is hidden is never longer than the text. */
export function revealHidden(text: string): HiddenText {
  if (!suspects.test(text)) return { visible: text, hidden: '', turnsDirection: false };
  const found: string[] = [];
  const keep = (run: string): void => {
    if (run.trim() !== '') found.push(run);
  };
  const visible = text
    .replace(flag, '\u{1f3f4}')
    .replace(selectorRun, (run) => {
      keep(readSelectors(run));
      return '';
    })
    .replace(tagRun, (run) => {
      keep(readTags(run));
      return '';
    });
  return {
    visible,
    hidden: found.join('\n'),
    turnsDirection:
      forcedDirection.test(text) || (markedDirection.test(text) && !rightToLeft.test(text)),
  };
}

function readTags(run: string): string {
  let letters = '';
  for (const tag of run)
    letters += String.fromCharCode((tag.codePointAt(0) ?? firstTag) - firstTag);
  return letters.replace(printable, '');
}

/** Selectors 1 to 16 are the bytes 0 to 15, the 240 of the supplement those that follow. */
function readSelectors(run: string): string {
  const bytes = Array.from(run, (selector) => {
    const codePoint = selector.codePointAt(0) ?? 0;
    return codePoint < 0xfe10 ? codePoint - 0xfe00 : codePoint - 0xe0100 + 16;
  });
  return Buffer.from(bytes).toString('utf8').replace(printable, '');
}
