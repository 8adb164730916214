import { expect, test } from '@jest/globals';
import type { PodReport } from '../observed.ts';
import { judgeConfigLoaded } from './config-loaded.ts';

const runs = (hash: string, refused?: { hash: string; problem: string }): PodReport['answer'] => ({
  kind: 'runs',
  hash,
  refused,
  models: undefined,
});
const silent: PodReport['answer'] = { kind: 'silent', message: 'no answer' };
const starting: PodReport['answer'] = { kind: 'starting' };

function judge(...answers: readonly PodReport['answer'][]): string {
  const verdict = judgeConfigLoaded(
    'new',
    answers.map((answer, at) => ({ name: `pod-${at}`, answer })),
  );
  return `${verdict.status}/${verdict.reason} ${verdict.message}`;
}

test('loaded when every pod says so', () => {
  expect(judge(runs('new'), runs('new'))).toBe('True/Loaded 2 of 2 pods run new.');
});

test('pending while one has the older, or has still to start', () => {
  expect(judge(runs('new'), runs('old'))).toBe('False/Pending 1 of 2 pods run new.');
  expect(judge(runs('new'), starting)).toBe('False/Pending 1 of 2 pods run new.');
});

test('a pod that refuses this configuration is named, with what is wrong', () => {
  expect(judge(runs('new'), runs('old', { hash: 'new', problem: 'no file' }))).toBe(
    'False/Refused pod-1 refused new: no file',
  );
});

test('a refusal of an earlier configuration is past', () => {
  expect(judge(runs('new', { hash: 'older', problem: 'x' }))).toMatch(/^True\/Loaded/);
});

test('a pod that gives no answer leaves it unknown, never true', () => {
  expect(judge(runs('new'), silent)).toBe(
    'Unknown/Unreachable 1 of 2 pods run new; no answer of pod-1: no answer',
  );
  expect(judge(silent, silent, silent, silent, silent)).toMatch(/; and 2 more$/);
});

test('no pods, no claim', () => {
  expect(judge()).toMatch(/^Unknown\/NoPods/);
  expect(judgeConfigLoaded(undefined, [])).toMatchObject({ status: 'False', reason: 'Pending' });
});
