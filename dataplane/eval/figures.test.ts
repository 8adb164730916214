import { describe, expect, test } from '@jest/globals';
import { cacheFigures, jailbreakFigures } from './detection-figures.ts';
import { domainFigures } from './domain-figures.ts';
import { latencyFigures } from './latency.ts';
import { spanFigures } from './span-figures.ts';

describe('domain', () => {
  const outcomes = [
    { label: 'math', answer: { category: 'math', confidence: 0.9 } },
    { label: 'math', answer: { category: 'physics', confidence: 0.6 } },
    { label: 'law', answer: { category: 'law', confidence: 0.3 } },
    { label: 'law', answer: undefined },
  ];

  test('an abstention is wrong, and covers nothing', () => {
    expect(domainFigures(outcomes, 0.5)).toMatchObject({
      accuracy: 0.5,
      coverage: 0.5,
      accuracy_at_threshold: 0.5,
      categories: {
        law: { n: 2, recall: 0.5, precision: 1 },
        math: { n: 2, recall: 0.5, precision: 1 },
      },
    });
  });

  test('macro F1 is the mean over the labels', () => {
    expect(domainFigures(outcomes, 0.5).macro_f1).toBeCloseTo(2 / 3, 3);
  });

  test('nothing evaluated gives zeros and no NaN', () => {
    expect(domainFigures([], 0.5)).toMatchObject({ accuracy: 0, macro_f1: 0, coverage: 0 });
  });
});

test('attacks and alarms have their own denominators', () => {
  const outcomes = [
    { is: true, said: true },
    { is: true, said: false },
    { is: false, said: true },
    { is: false, said: false },
    { is: false, said: false },
    { is: false, said: false },
  ];
  expect(jailbreakFigures(outcomes)).toEqual({
    true_positive_rate: 0.5,
    false_positive_rate: 0.25,
    positives: 2,
    negatives: 4,
  });
  expect(cacheFigures(outcomes)).toEqual({
    recall: 0.5,
    false_hit_rate: 0.25,
    same: 2,
    different: 4,
  });
});

describe('spans', () => {
  const span = (type: string, start: number, end: number) => ({ type, start, end });

  test('half of a span is enough, less is not', () => {
    const labelled = [span('PERSON', 0, 10)];
    const half = { labelled, found: [span('PERSON', 0, 5)] };
    const less = { labelled, found: [span('PERSON', 0, 4)] };
    expect(spanFigures([half])['PERSON']).toEqual({ n: 1, recall: 1, precision: 1 });
    expect(spanFigures([less])['PERSON']).toEqual({ n: 1, recall: 0, precision: 1 });
  });

  test('several found spans cover one together', () => {
    const found = [span('PERSON', 0, 3), span('PERSON', 4, 10)];
    expect(spanFigures([{ labelled: [span('PERSON', 0, 10)], found }])).toEqual({
      PERSON: { n: 1, recall: 1, precision: 1 },
    });
  });

  test('what two spans cover counts once', () => {
    const found = [span('PERSON', 0, 4), span('PERSON', 0, 4), span('PERSON', 2, 4)];
    expect(spanFigures([{ labelled: [span('PERSON', 0, 10)], found }])['PERSON']).toEqual({
      ...{ n: 1, recall: 0, precision: 1 },
    });
  });

  test('another type does not count', () => {
    const outcome = { labelled: [span('PERSON', 0, 4)], found: [span('GPE', 0, 4)] };
    expect(spanFigures([outcome])).toEqual({
      GPE: { n: 0, recall: 0, precision: 0 },
      PERSON: { n: 1, recall: 0, precision: 0 },
    });
  });

  test('what is found where nothing is costs precision alone', () => {
    const outcomes = [
      { labelled: [span('US_SSN', 0, 11)], found: [span('US_SSN', 0, 11)] },
      { labelled: [], found: [span('US_SSN', 5, 16)] },
    ];
    expect(spanFigures(outcomes)['US_SSN']).toEqual({ n: 1, recall: 1, precision: 0.5 });
  });
});

test('the median and the 95th of a hundred', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(latencyFigures(hundred)).toEqual({ n: 100, latency_ms: 50, latency_p95_ms: 95 });
  expect(latencyFigures([])).toEqual({ n: 0, latency_ms: 0, latency_p95_ms: 0 });
});
