import { describe, expect, test } from '@jest/globals';
import type { PiiType } from '../../config/pii-types.ts';
import { judgeJailbreak, judgePii, type JailbreakPolicy, type PiiPolicy } from './guard-verdict.ts';

const jailbreak: JailbreakPolicy = { threshold: 0.7, action: 'block', onUnknown: 'allow' };
const pii: PiiPolicy = {
  threshold: 0.7,
  allowed: new Set(['GPE']),
  action: 'mask',
  restore: false,
  onUnknown: 'allow',
};
const attack = (score: number, families: readonly string[] = []) =>
  ({ score, families, tier: 'blend' }) as const;
const span = (type: PiiType, score: number) => ({ type, start: 0, end: 4, score });
const found = (...spans: ReturnType<typeof span>[]) =>
  ({ spans: [[], spans], tier: 'model' }) as const;

describe('jailbreak', () => {
  test('a score at the threshold counts, one below does not', () => {
    expect(judgeJailbreak(jailbreak, attack(0.7))).toEqual({
      detections: [{ kind: 'jailbreak', type: 'learned', score: 0.7 }],
      action: 'block',
    });
    expect(judgeJailbreak(jailbreak, attack(0.69))).toEqual({ detections: [], action: undefined });
  });

  test('families of rules name the detection', () => {
    const { detections } = judgeJailbreak(jailbreak, attack(0.9, ['persona', 'override']));
    expect(detections.map(({ type }) => type)).toEqual(['persona', 'override']);
  });

  test('who observes sees and does nothing', () => {
    const verdict = judgeJailbreak({ ...jailbreak, action: 'observe' }, attack(1));
    expect(verdict.detections).toHaveLength(1);
    expect(verdict.action).toBeUndefined();
  });

  test.each([
    ['allow', undefined],
    ['block', 'block'],
  ] as const)('on_unknown %s', (onUnknown, action) => {
    expect(judgeJailbreak({ ...jailbreak, onUnknown }, { unavailable: 'deadline' })).toEqual({
      detections: [],
      action,
    });
  });
});

describe('personal data', () => {
  test('each type counts once, with its best score', () => {
    const finding = found(span('PERSON', 0.8), span('PERSON', 0.9), span('US_SSN', 1));
    expect(judgePii(pii, finding)).toEqual({
      detections: [
        { kind: 'pii', type: 'PERSON', score: 0.9 },
        { kind: 'pii', type: 'US_SSN', score: 1 },
      ],
      action: 'mask',
    });
  });

  test('what may pass is counted and passes', () => {
    expect(judgePii(pii, found(span('GPE', 0.9)))).toEqual({
      detections: [{ kind: 'pii', type: 'GPE', score: 0.9 }],
      action: undefined,
    });
  });

  test('what is below the threshold neither counts nor acts', () => {
    expect(judgePii(pii, found(span('PERSON', 0.6)))).toEqual({
      detections: [],
      action: undefined,
    });
  });

  test('a guard that cannot tell blocks where it must', () => {
    expect(judgePii({ ...pii, onUnknown: 'block' }, { unavailable: 'failed' }).action).toBe(
      'block',
    );
  });
});
