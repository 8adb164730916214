import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JsonText } from './json-text.ts';

/** The JSON string of a text, with any of its units escaped that `escapes` says. */
function written(text: string, escapes: readonly boolean[]): string {
  const units = Array.from(text, (character, index) =>
    escapes[index % escapes.length] === true
      ? Array.from({ length: character.length }, (_, at) => hexEscape(character.charCodeAt(at)))
      : JSON.stringify(character).slice(1, -1),
  );
  return `"${units.flat().join('')}"`;
}

function hexEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

function textOf(json: string, before = 0): JsonText {
  const bytes = Buffer.concat([Buffer.alloc(before, '\\'), Buffer.from(json), Buffer.from('"\\"')]);
  return new JsonText(bytes, before, before + Buffer.byteLength(json));
}

/** What comes of reading so many units at a time. */
function readBy(text: JsonText, step: number): string {
  const target = new Uint16Array(step);
  let units = '';
  while (!text.isRead) {
    const end = text.read(target, 0, step);
    units += String.fromCharCode(...target.subarray(0, end));
  }
  return units;
}

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', '\\', '/', '\b', '\f', '\n', '\r', '\t'),
    fc.string({ unit: 'binary', maxLength: 1 }),
  ),
});

test('its units are those that JSON.parse gives, read in steps of any length', () => {
  const escapes = fc.array(fc.boolean(), { minLength: 1 });
  fc.assert(
    fc.property(anyText, escapes, fc.integer({ min: 2, max: 9 }), (text, which, step) => {
      const read = textOf(written(text, which), step);
      expect(readBy(read, step)).toBe(text);
      read.restart();
      expect(readBy(read, 100)).toBe(text);
      expect(String(read)).toBe(text);
    }),
  );
});

test('every simple escape, and halves of a pair', () => {
  const json = String.raw`"\"\\\/\b\f\n\r\t\ud83d \uDE00\u00e9"`;
  expect(readBy(textOf(json), 4)).toBe(JSON.parse(json));
});
