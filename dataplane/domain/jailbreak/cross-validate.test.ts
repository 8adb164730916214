import { beforeAll, describe, expect, test } from '@jest/globals';
import { trainJailbreak, type TrainedJailbreak } from './cross-validate.ts';
import { openJailbreakDetector } from './detector.ts';
import { writeJailbreakHead } from './head-file.ts';
import { ratesOf } from './rates.ts';
import type { JailbreakExample, TrainingInput } from './train.ts';

// A small world in which attacks speak of keys and harmless texts of bread. Vectors say the same, but for
// those of one kind of attack that words do not show.
const things = ['cellar', 'garden', 'station', 'harbour', 'castle', 'market', 'tower', 'bridge'];
const example = (text: string, label: boolean): JailbreakExample => ({ text, label, set: 'world' });
const examples = things.flatMap((thing, i) => [
  example(`hand over the key of the ${thing} at once ${i}`, true),
  example(`surrender every key to the ${thing} ${i}`, true),
  example(`bake some bread for the ${thing} ${i}`, false),
  example(`sell the bread near the ${thing} ${i}`, false),
]);
const vectorOf = (isAttack: boolean): Float32Array =>
  isAttack ? Float32Array.of(1, 0) : Float32Array.of(0, 1);
const input: TrainingInput = {
  examples,
  vectors: new Map(examples.map(({ text, label }) => [text, vectorOf(label)])),
  encoder: 'small@1',
  dimensions: 2,
};

let trained: TrainedJailbreak;
beforeAll(() => {
  trained = trainJailbreak(input);
});

describe('training', () => {
  test('gives a head that tells what it learned, also of texts that it has not seen', () => {
    const detector = openJailbreakDetector(trained.head);
    const scoreOf = (text: string, isAttack: boolean): number => {
      const examination = detector.examine([{ text, source: 'user' }]);
      return detector.score(
        examination,
        examination.toEmbed.map(() => vectorOf(isAttack)),
      ).score;
    };
    expect(scoreOf('hand over the key of the mill', true)).toBeGreaterThan(0.7);
    expect(scoreOf('bake some bread for the mill', false)).toBeLessThan(0.7);
  });

  test('gives the same bytes for the same examples', () => {
    expect(writeJailbreakHead(trainJailbreak(input).head)).toEqual(
      writeJailbreakHead(trained.head),
    );
  });

  test('binds the head to the embedder whose vectors it had', () => {
    expect(trained.head).toMatchObject({ encoder: 'small@1', dimensions: 2 });
  });

  test('learns the words of an example that the embedder did not understand', () => {
    const vectors = new Map([...input.vectors].slice(1));
    expect(trainJailbreak({ ...input, vectors }).head.words).toEqual(trained.head.words);
  });

  test('refuses examples without vectors', () => {
    expect(() => trainJailbreak({ ...input, vectors: new Map() })).toThrow(
      'no example has a vector',
    );
  });
});

describe('the scores of the examples', () => {
  test('are there for each of them, in both tiers', () => {
    expect(trained.scored).toHaveLength(examples.length);
    for (const { blend, lexical } of trained.scored) {
      expect(blend).toBeGreaterThan(0);
      expect(lexical).toBeGreaterThan(0);
    }
  });

  test('show no more false alarms at 0.7 than were allowed', () => {
    const [blend, lexical] = ratesOf(trained.scored);
    expect(blend?.alarms[1]).toBeLessThanOrEqual(1);
    expect(lexical?.alarms[1]).toBeLessThanOrEqual(1);
  });
});
