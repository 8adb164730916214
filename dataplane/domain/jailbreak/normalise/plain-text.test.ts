import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { plainText } from './plain-text.ts';

describe('a disguised text', () => {
  test.each([
    ['zero-width characters', 'i\u200bg\u200dn\u2060o\ufeffre', 'ignore'],
    ['full-width letters', 'ｉｇｎｏｒｅ', 'ignore'],
    ['mathematical letters', '𝐢𝐠𝐧𝐨𝐫𝐞 𝒾𝓃', 'ignore in'],
    ['circled letters', 'ⓘⓖⓝⓞⓡⓔ', 'ignore'],
    ['letters in black squares', '🅸🅶🅽🅾🆁🅴', 'ignore'],
    ['letters in parentheses', '⒤⒢⒩⒪⒭⒠', 'ignore'],
    ['regional indicators', '🇮🇬🇳🇴🇷🇪', 'ignore'],
    ['Cyrillic look-alikes', 'іgnоrе', 'ignore'],
    ['Greek look-alikes', 'ιgnοrε', 'ignore'],
    ['small capitals', 'ɪɢɴᴏʀᴇ', 'ignore'],
    ['look-alikes alone in a Latin text', 'please сору this text', 'please copy this text'],
    ['capital look-alikes, which stay capital', 'СОРY', 'COPY'],
  ])('is read through %s', (_, text, plain) => {
    expect(plainText(text)).toEqual({ text: plain, isDisguised: true });
  });
});

describe('an honest text', () => {
  test.each([
    ['ASCII', 'Plain words, nothing else.'],
    ['French', 'Où est l’été ? Voilà.'],
    ['Danish', 'Jeg kører på vejen'],
    ['Polish', 'Łódź, żółć'],
    ['Turkish', 'ığdır'],
    ['Azerbaijani', 'Azərbaycan dili'],
    ['Russian', 'привет, как дела? сору'],
    ['Greek', 'καλημέρα σε όλους'],
    ['Chinese', '你好,世界'],
    ['Arabic', 'مرحبا بالعالم'],
    ['Hindi', 'नमस्ते दुनिया'],
    ['a flag', 'we ❤ 🇩🇪'],
  ])('keeps its letters: %s', (_, text) => {
    expect(plainText(text)).toEqual({ text, isDisguised: false });
  });

  test.each([
    ['soft hyphens', 'Donau\u00addampf\u00adschiff'],
    ['typographic signs', '“So…” — ½ ™'],
    ['joined emoji', '👨‍👩‍👧 family'],
    ['units', '5 µm at 3 kΩ'],
  ])('is no disguise for its %s', (_, text) => {
    expect(plainText(text).isDisguised).toBe(false);
  });
});

describe('whatever comes in', () => {
  test('comes out at most twice as long, without format characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const plain = plainText(text).text;
        expect(plain.length).toBeLessThanOrEqual(text.length * 2);
        expect(plain).not.toMatch(/\p{Cf}/u);
      }),
      { numRuns: 40 },
    );
  });

  test('does not grow by signs that stand for many', () => {
    expect(plainText('\ufdfa'.repeat(1000)).text.length).toBeLessThanOrEqual(2000);
  });
});
