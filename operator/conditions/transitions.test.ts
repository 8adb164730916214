import { expect, test } from '@jest/globals';
import type { Verdict } from '../reasons.ts';
import { toConditions, transitions } from './transitions.ts';

const ready = (status: 'True' | 'False', message = 'x'): Verdict => ({
  type: 'Ready',
  status,
  reason: status === 'True' ? 'Ready' : 'Progressing',
  message,
});
const at = (nowMs: number, generation = 1) => ({ nowMs, generation });

test('the transition time moves with the status and with nothing else', () => {
  const first = toConditions([ready('False')], [], at(1000));
  expect(first[0]?.lastTransitionTime).toBe('1970-01-01T00:00:01Z');
  const second = toConditions([ready('False', 'other words')], first, at(5000, 2));
  expect(second[0]).toMatchObject({
    lastTransitionTime: '1970-01-01T00:00:01Z',
    observedGeneration: 2,
    message: 'other words',
  });
  const third = toConditions([ready('True')], second, at(9000, 2));
  expect(third[0]?.lastTransitionTime).toBe('1970-01-01T00:00:09Z');
});

test('a message that nobody could read to its end is cut', () => {
  const [condition] = toConditions([ready('False', 'x'.repeat(100_000))], [], at(0));
  expect(condition?.message).toHaveLength(4096);
  expect(condition?.message).toMatch(/x…$/);
});

test('other words are no transition; another reason is', () => {
  const first = toConditions([ready('False')], [], at(1000));
  expect(transitions(first, [])).toEqual(first);
  expect(transitions(toConditions([ready('False', 'y')], first, at(2000)), first)).toEqual([]);
  const done = toConditions([ready('True')], first, at(2000));
  expect(transitions(done, first)).toEqual(done);
});

test('what the CRD says before any operator has no time to keep', () => {
  const [unheard] = toConditions([ready('False')], [], at(0, 0));
  const first = toConditions([ready('False')], unheard === undefined ? [] : [unheard], at(7000));
  expect(first[0]?.lastTransitionTime).toBe('1970-01-01T00:00:07Z');
});
