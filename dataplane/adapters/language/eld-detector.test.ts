import { beforeAll, describe, expect, test } from '@jest/globals';
import { knownLanguages } from '../../../config/languages.ts';
import { detectLanguage, type LanguageDetector } from '../../domain/signals/language.ts';
import { loadLanguageDetector } from './eld-detector.ts';

let detector: LanguageDetector;
beforeAll(async () => {
  detector = await loadLanguageDetector();
});

describe('short prompts are told', () => {
  test.each([
    ['en', 'How do I sort a list in Python?'],
    ['en', 'What is the capital of France?'],
    ['de', 'Schreibe ein kurzes Gedicht über das Meer'],
    ['de', 'Warum ist meine Schleife so langsam?'],
    ['fr', 'Comment trier une liste en Python ?'],
    ['es', '¿Cuál es la capital de Francia?'],
    ['it', 'Scrivi una breve poesia sul mare'],
    ['pt', 'Não consigo entrar na minha conta'],
    ['nl', 'Schrijf een kort gedicht over de zee'],
    ['pl', 'Napisz krótki wiersz o morzu'],
    ['sv', 'kan du hjälpa mig med det här'],
    ['tr', 'Deniz hakkında kısa bir şiir yaz'],
    ['vi', 'Viết một bài thơ ngắn về biển'],
    ['ru', 'Напиши короткое стихотворение о море'],
    ['uk', 'Як встановити програму'],
    ['bg', 'Напиши кратко стихотворение за морето'],
    ['ar', 'ما هي عاصمة فرنسا؟'],
    ['fa', 'یک شعر کوتاه درباره دریا بنویس'],
    ['hi', 'फ्रांस की राजधानी क्या है?'],
    ['zh', '用Python写一个quicksort函数'],
    ['ja', '短い詩を書いてください'],
    ['ko', '프랑스의 수도는 어디인가요?'],
  ])('%s: %s', (language, text) => {
    const found = detectLanguage(text, detector);
    expect(found?.language).toBe(language);
    expect(found?.confidence).toBeGreaterThan(0.3);
  });
});

test('code beside a question does not hide its language', () => {
  const code = '```python\nfor item in range(10):\n    print(item, "value of the thing")\n```';
  const text = `${code}\nWarum gibt diese Schleife nur die geraden Zahlen aus?`;
  expect(detectLanguage(text, detector)?.language).toBe('de');
});

test('one word is told with little confidence, if at all', () => {
  expect(detectLanguage('ok', detector)?.confidence ?? 0).toBeLessThan(0.3);
});

test('a configuration may name every language that is told, and no other', () => {
  const { language } = detectLanguage('Ceci est une phrase en français', detector) ?? {};
  expect(knownLanguages).toContain(language);
  const scored = detector.scores('the quick brown fox jumps over the lazy dog again and again');
  expect([...scored.keys()].filter((code) => !knownLanguages.has(code))).toEqual([]);
});
