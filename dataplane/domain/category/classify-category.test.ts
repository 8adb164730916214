import { beforeAll, describe, expect, test } from '@jest/globals';
import type { CategoryAnswer } from '../findings.ts';
import { isUnavailable } from '../unavailable.ts';
import { readCategoryHead, writeCategoryHead, type CategoryHead } from './category-head.ts';
import { openCategoryHead, type ClassifyCategory } from './classify-category.ts';
import { trainCategory, type CategoryExample } from './train-category.ts';

const topics: Readonly<Record<string, readonly string[]>> = {
  cooking: ['soup', 'bread', 'oven', 'recipe', 'salt', 'dough'],
  music: ['violin', 'chord', 'melody', 'concert', 'piano', 'rhythm'],
  sport: ['goal', 'referee', 'match', 'runner', 'team', 'score'],
};
const labels = Object.keys(topics);
const dimensions = 8;

/** Near the axis of the topic, and a little elsewhere for each word. */
function vectorOf(label: string, word: string): Float32Array {
  const values = Array.from({ length: dimensions }, (_, i) => {
    const own = i === labels.indexOf(label) ? 1 : 0;
    return own + ((word.charCodeAt(i % word.length) % 7) - 3) / 20;
  });
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}

const examples: readonly CategoryExample[] = labels.flatMap((label) =>
  (topics[label] ?? []).flatMap((word, at, words) =>
    ['Tell me about the', 'Why is there a'].map((begin) => ({
      text: `${begin} ${word} and the ${words[(at + 1) % words.length] ?? ''}`,
      label,
      vector: vectorOf(label, word + begin),
      weight: 1,
    })),
  ),
);

const lesson = {
  examples,
  glossary: ['symphony', 'sonata'].map((text) => ({ text, vector: vectorOf('music', text) })),
  encoder: 'encoder@1',
};

let head: CategoryHead;
let classify: ClassifyCategory;

beforeAll(() => {
  head = trainCategory(lesson);
  classify = openCategoryHead(head);
});

function answerTo(text: string, vector?: Float32Array): CategoryAnswer {
  const answer = classify(text, vector);
  if (isUnavailable(answer)) throw new Error(answer.unavailable);
  return answer;
}

describe('the domain of a text', () => {
  test('is told by its words alone where there is no vector, and it is said so', () => {
    const answer = answerTo('which dough for this BREAD?');
    expect(answer).toMatchObject({ category: 'cooking', tier: 'lexical' });
  });

  test('is told by its meaning where the words are unknown', () => {
    const answer = answerTo('Ludwig van Beethoven', vectorOf('music', 'sonata'));
    expect(answer).toMatchObject({ category: 'music', tier: 'blend' });
    expect(answer.confidence).toBeGreaterThan(answerTo('Ludwig van Beethoven').confidence);
  });

  test('a vector of another length is no vector', () => {
    expect(answerTo('the referee', new Float32Array(dimensions + 1)).tier).toBe('lexical');
  });

  test('probabilities add up to one, and the margin is to the next', () => {
    const { category, confidence, margin, probabilities } = answerTo('a concert of the team');
    const sorted = [...probabilities.values()].sort((a, b) => b - a);
    expect([...probabilities.keys()]).toEqual(labels);
    expect(sorted.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    expect(confidence).toBe(sorted[0]);
    expect(probabilities.get(category)).toBe(confidence);
    expect(margin).toBeCloseTo(confidence - (sorted[1] ?? 0), 9);
  });

  test('a text in another script is not guessed at', () => {
    const unsupported = { unavailable: 'unsupported' };
    expect(classify('今天的足球比赛谁赢了', vectorOf('sport', 'goal'))).toEqual(unsupported);
    expect(classify('Кто выиграл матч?', undefined)).toEqual(unsupported);
    // A name or a symbol in another script is no other language.
    expect(answerTo('the piano of Чайковский and a violin concert by him').category).toBe('music');
  });

  test('of a long text the end counts as the beginning does', () => {
    const chatter = 'and then we went on and on. '.repeat(2000);
    expect(answerTo(`${chatter} bread, soup and salt`).category).toBe('cooking');
    expect(answerTo(`violin and piano ${chatter}`).category).toBe('music');
  });

  test('a text of no words is not sure of anything', () => {
    for (const text of ['', '   ', '???']) expect(answerTo(text).confidence).toBeLessThan(0.5);
  });
});

describe('training', () => {
  test('the same texts give the same bytes', () => {
    expect(writeCategoryHead(trainCategory(lesson))).toEqual(writeCategoryHead(head));
  });

  test('words of the glossary are known by what they mean, in no text though they are', () => {
    const withoutGlossary = openCategoryHead(trainCategory({ ...lesson, glossary: [] }));
    const before = withoutGlossary('symphony', undefined);
    expect(answerTo('symphony').category).toBe('music');
    expect(answerTo('symphony').confidence).toBeGreaterThan(
      isUnavailable(before) ? 1 : (before.probabilities.get('music') ?? 1),
    );
  });
});

describe('the file of a head', () => {
  test('what was written is read again', () => {
    expect(readCategoryHead(writeCategoryHead(head))).toEqual({
      ok: true,
      head,
    });
  });

  test('a head whose parts do not fit each other is refused', () => {
    const broken = [
      { ...head, labels: head.labels.slice(1) },
      { ...head, dimensions: dimensions - 1 },
      { ...head, bits: 12 },
      { ...head, rarities: head.rarities.slice(1) },
      { ...head, meaning: { ...head.meaning, rank: head.meaning.rank + 1 } },
      { ...head, sharpness: { ...head.sharpness, lexical: { words: NaN } } },
    ];
    for (const one of broken) {
      expect(readCategoryHead(writeCategoryHead(one))).toEqual({
        ok: false,
        problem: 'Its parts do not fit each other.',
      });
    }
  });

  test('bytes that are no head are refused', () => {
    expect(readCategoryHead(new Uint8Array(100))).toEqual({
      ok: false,
      problem: 'It is not a head of this program.',
    });
  });
});
