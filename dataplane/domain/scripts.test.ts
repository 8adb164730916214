import { expect, test } from '@jest/globals';
import { compileScriptTest, isScript } from './scripts.ts';

const isLatin = compileScriptTest(['Latin']);

test.each([
  ['English', 'How do I sort an array?', true],
  ['French with accents', 'Où est la bibliothèque ?', true],
  ['Vietnamese', 'Thời tiết hôm nay thế nào?', true],
  ['letters with accents of their own', 'cafe\u0301', true],
  ['English with a Greek letter and a formula', 'Let α be the angle, 3x² = 12', true],
  ['English about a Chinese word', 'What does the Chinese word 天 mean in English?', true],
  ['Chinese', '如何打开防火墙', false],
  ['Chinese with an English name', '如何在我的新电脑上安装 Docker', false],
  ['Russian', 'Как дела?', false],
  ['no letters at all', '2 + 2 = ? 😀', true],
  ['nothing', '', true],
])('%s: is it Latin?', (_, text, expected) => {
  expect(isLatin(text)).toBe(expected);
});

test('several scripts may be known', () => {
  const both = compileScriptTest(['Latin', 'Cyrillic']);
  expect(both('Привет, how are you?')).toBe(true);
  expect(both('如何打开防火墙')).toBe(false);
});

test('the head and the tail of a long text are looked at', () => {
  const long = 'word '.repeat(20_000);
  expect(isLatin(long + 'слово '.repeat(20_000))).toBe(false);
  expect(isLatin('слово '.repeat(20_000) + long)).toBe(false);
  expect(isLatin(long + 'слово' + long)).toBe(true);
});

test('names of scripts are known from others', () => {
  expect(['Latin', 'Han', 'Old_Italic'].map(isScript)).toEqual([true, true, true]);
  expect(['English', 'latin', '', 'Latin}\\p{L'].map(isScript)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
