import { describe, expect, test } from '@jest/globals';
import { detectLanguage, languageSignal, type LanguageDetector } from './language.ts';
import { readWriting } from './scripts.ts';

/** Says the same of every text, and keeps what it was asked about. */
function fakeDetector(scores: Readonly<Record<string, number>>) {
  const asked: string[] = [];
  const detector: LanguageDetector = {
    scores(text) {
      asked.push(text);
      return new Map(Object.entries(scores));
    },
  };
  return { detector, asked };
}

const latin = 'a text that is long enough for it';

describe('script', () => {
  test.each([
    ['안녕하세요', 'ko'],
    ['法国的首都是哪里？', 'zh'],
    ['漢字とかな', 'ja'],
    ['カタカナ', 'ja'],
    ['Πού είναι;', 'el'],
    ['איפה', 'he'],
    ['ที่ไหน', 'th'],
    ['სად', 'ka'],
    ['ភាសាខ្មែរ', 'km'],
  ])('alone tells the language of %s', (text, language) => {
    const { detector, asked } = fakeDetector({ en: 1 });
    expect(detectLanguage(text, detector)).toMatchObject({ language });
    expect(asked).toEqual([]);
  });

  test('of most of the text counts, a Chinese character for several letters', () => {
    expect(readWriting('用 Python 写一个函数')?.script).toBe('Han');
    expect(readWriting('Translate 你好 to English, please')?.script).toBe('latin');
    expect(readWriting('2 + 2 = 4')).toBeUndefined();
  });

  test('leaves to the detector only the languages that are written in it', () => {
    const { detector } = fakeDetector({ en: 0.9, ru: 0.5, uk: 0.1 });
    expect(detectLanguage('это длинное предложение', detector)?.language).toBe('ru');
    expect(detectLanguage(latin, detector)?.language).toBe('en');
  });

  test('letters that a language does not have rule it out', () => {
    const { detector } = fakeDetector({ ru: 0.85, uk: 0.84 });
    expect(detectLanguage('Яка столиця Франції?', detector)?.language).toBe('uk');
  });
});

describe('confidence', () => {
  test('rises with the distance to the next language', () => {
    const near = detectLanguage(latin, fakeDetector({ da: 0.8, no: 0.79 }).detector);
    const far = detectLanguage(latin, fakeDetector({ da: 0.8, no: 0.5 }).detector);
    expect(near?.confidence).toBeLessThan(0.7);
    expect(far?.confidence).toBeGreaterThan(0.95);
  });

  test('is low for a few letters', () => {
    const { detector } = fakeDetector({ pl: 0.9 });
    expect(detectLanguage('ok', detector)?.confidence).toBeLessThan(0.2);
  });
});

test('nobody tells the language of a text without letters', () => {
  const { detector } = fakeDetector({ en: 1 });
  expect(detectLanguage('1 + 1 = 2', detector)).toBeUndefined();
  expect(detectLanguage('', detector)).toBeUndefined();
});

test('the detector gets both ends of a long text, without code, addresses and numbers', () => {
  const { detector, asked } = fakeDetector({ en: 1 });
  const filler = 'lorem ipsum '.repeat(2000);
  detectLanguage(
    `Begin \`x = 1\` see https://example.com/a or me@example.com ${filler} the end 42`,
    detector,
  );
  expect(asked).toHaveLength(2);
  expect(asked[0]).toMatch(/^Begin see or lorem/);
  expect(asked[1]).toMatch(/ipsum the end$/);
  expect(Math.max(...asked.map((text) => text.length))).toBeLessThanOrEqual(300);
});

test('a rule is about the language of its name, or about a list', () => {
  const rule = { name: 'de', languages: [], threshold: 0.5 };
  const list = { name: 'nordic', languages: ['sv', 'da'], threshold: 0.5 };
  const found = { language: 'da', confidence: 0.8 };
  expect(languageSignal(list, found)).toEqual({ value: 'true', confidence: 0.8 });
  expect(languageSignal(rule, found).value).toBe('false');
  expect(languageSignal(rule, { language: 'de', confidence: 0.5 }).value).toBe('true');
  expect(languageSignal(rule, { language: 'de', confidence: 0.49 }).value).toBe('false');
  expect(languageSignal(rule, undefined).value).toBe('false');
});
