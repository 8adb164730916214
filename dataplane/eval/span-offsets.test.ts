import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { inUtf16 } from './span-offsets.ts';

const person = (start: number, end: number) => ({ type: 'PERSON', start, end });

describe('offsets behind an emoji', () => {
  const text = '😀😀 Ann met Zoë.';

  test('in UTF-16 units stay as they are', () => {
    expect(inUtf16(text, [person(5, 8), person(13, 16)])).toEqual([person(5, 8), person(13, 16)]);
  });

  test('in code points are moved', () => {
    expect(inUtf16(text, [person(3, 6), person(11, 14)])).toEqual([person(5, 8), person(13, 16)]);
  });

  test('that are neither stay as they are', () => {
    expect(inUtf16(text, [person(4, 7)])).toEqual([person(4, 7)]);
    expect(inUtf16(text, [person(14, 16)])).toEqual([person(14, 16)]);
    expect(inUtf16(text, [person(90, 99)])).toEqual([person(90, 99)]);
  });

  test('that cut words anyhow are moved where they cut fewer', () => {
    const spans = [person(3, 6), person(7, 9), person(11, 14)];
    expect(inUtf16(text, spans)).toEqual([person(5, 8), person(9, 11), person(13, 16)]);
  });

  test('that reach to the end of the text are moved there', () => {
    expect(inUtf16('😀 Ann', [person(2, 5)])).toEqual([person(3, 6)]);
  });
});

test('without such characters there is nothing to tell apart, even where words are cut', () => {
  expect(inUtf16('Annabel', [person(0, 3)])).toEqual([person(0, 3)]);
});

test('a text of ideographs beyond the basic plane is read as it is written', () => {
  // Both readings end at letters; UTF-16 is what is documented, and it holds.
  expect(inUtf16('𠮷 Ann', [person(3, 6)])).toEqual([person(3, 6)]);
});

test('property: words between emojis are found from either way of counting', () => {
  const words = fc.array(fc.constantFrom('😀', 'Ann', '👩‍👩‍👧', 'Zoë', 'x1', '𝒳'), { minLength: 1 });
  fc.assert(
    fc.property(words, (list) => {
      const text = list.join(' ');
      const units: ReturnType<typeof person>[] = [];
      const points: ReturnType<typeof person>[] = [];
      let [unit, point] = [0, 0];
      for (const word of list) {
        const [inUnits, inPoints] = [word.length, Array.from(word).length];
        units.push(person(unit, unit + inUnits));
        points.push(person(point, point + inPoints));
        unit += inUnits + 1;
        point += inPoints + 1;
      }
      expect(inUtf16(text, units)).toEqual(units);
      // Some texts can be read both ways: the documented one is taken then.
      const read = inUtf16(text, points);
      expect([units, points]).toContainEqual(read);
    }),
  );
});
