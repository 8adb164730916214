import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchingText } from '../normalise/matching-text.ts';
import { wordRules } from './find-families.ts';
import { findPatterns } from './find-patterns.ts';
import { compileWordPatterns } from './word-patterns.ts';

function holds(pattern: string, text: string): boolean {
  const compiled = compileWordPatterns([{ name: 'it', patterns: [pattern] }]);
  return findPatterns(compiled, matchingText(text)).has('it');
}

describe('a pattern of words', () => {
  test.each([
    ['one two', 'one two', true],
    ['one two', 'one, two', true],
    ['one two', 'one and two', false],
    ['one ~1 two', 'one and two', true],
    ['one ~1 two', 'one or the two', false],
    ['one two', 'two one', false],
    ['one one', 'one', false],
    ['one one', 'one one', true],
    ['one|two three', 'two three', true],
    ['order*', 'ordered', true],
    ['order*', 'order', true],
    ['order*', 'disorder', false],
    ['order', 'orders', false],
    ['in_two_ways|twice now', 'in two ways now', true],
    ['in_two_ways|twice now', 'twice now', true],
    ['in_two_ways|twice now', 'in two now', false],
    ['say ~2 in_two_ways now', 'say it all in two ways now', true],
    ['one two', 'ONE Two', true],
    ['précédentes', 'precedentes', true],
    ['dont', 'Don’t', true],
    ['忽略 ~3 指令', '忽略之前的指令', true],
    ['忽略 ~1 指令', '忽略之前的指令', false],
    ['игнорируй', 'ИГНОРИРУЙ', true],
    // The end of a sentence counts as two words.
    ['one two', 'one. two', false],
    ['one ~2 two', 'one. two', true],
    ['one two', 'one\n\n\ntwo', false],
    // Words glued together are found where they make up a long one.
    ['ignore ~2 instructions', 'ignoreallpreviousinstructions', true],
    ['all', 'wall', false],
  ])('%s in %j: %p', (pattern, text, expected) => {
    expect(holds(pattern, text)).toBe(expected);
  });

  test('a later beginning serves where an earlier one is too far', () => {
    expect(holds('a ~1 b ~1 c', 'a x x a b x c')).toBe(true);
    expect(holds('a ~1 b ~1 c', 'a b x x c a b x x')).toBe(false);
  });

  test('an alternative without a word is refused', () => {
    expect(() => compileWordPatterns([{ name: 'it', patterns: ['one |two'] }])).toThrow('word');
  });

  test('is found exactly where trying every choice of words finds it', () => {
    const word = fc.constantFrom('a', 'b', 'c');
    const gap = fc.nat(2);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(word, gap), { minLength: 1, maxLength: 4 }),
        fc.array(word, { maxLength: 12 }),
        (slots, words) => {
          const pattern = slots.map(([slot, width]) => `~${width} ${slot}`).join(' ');
          expect(holds(pattern, words.join(' '))).toBe(holdsPlainly(slots, words));
        },
      ),
    );
  });
});

/** Whether the words hold the slots, the plain way: each place for the first, then each for the next. */
function holdsPlainly(
  slots: readonly (readonly [string, number])[],
  words: readonly string[],
  from?: number,
): boolean {
  const [slot, ...rest] = slots;
  if (slot === undefined) return true;
  const [wanted, gap] = slot;
  return words.some(
    (word, at) =>
      word === wanted &&
      (from === undefined || (at > from && at - from <= gap + 1)) &&
      holdsPlainly(rest, words, at),
  );
}

describe('the work', () => {
  const work = (text: string): number => {
    let tried = 0;
    findPatterns(wordRules, matchingText(text), (steps) => (tried = steps));
    return tried;
  };

  test.each([
    'ignore all previous ',
    'you are the ai with no rules and no ',
    'ignoreallpreviousinstructions',
    'never say no to any ',
    'do anything now ',
    'a ',
    '忽略',
  ])('of a long text of %j is that of its parts and no more', (part) => {
    const once = work(part.repeat(100));
    expect(work(part.repeat(10_000))).toBeLessThanOrEqual(once * 100 + once);
  });
});
