import { expect, test } from '@jest/globals';
import type { ModelReport, PodReport } from '../observed.ts';
import { judgeModelsLoaded } from './models-loaded.ts';

const model = (name: string, state: ModelReport['state'], needed = true): ModelReport => ({
  name,
  state,
  needed,
  detail: state === 'failed' ? 'golden check' : '',
});

/** One pod for each list of models. */
function judge(...pods: readonly (readonly ModelReport[] | undefined)[]): string {
  const { status, reason, message } = judgeModelsLoaded(
    pods.map((models, at): PodReport => ({
      name: `pod-${at}`,
      answer: { kind: 'runs', hash: 'h', refused: undefined, models },
    })),
  );
  return `${status}/${reason} ${message}`;
}

test('loaded when every model that is needed runs in every pod', () => {
  const both = [model('embedding', 'ready'), model('pii', 'ready')];
  expect(judge(both, both)).toBe('True/Loaded Models run for embedding and pii.');
});

test('a model that nobody needs may be absent', () => {
  const models = [model('embedding', 'ready'), model('pii', 'absent', false)];
  expect(judge(models)).toBe('True/Loaded Models run for embedding.');
  expect(judge([model('pii', 'absent', false)])).toMatch(/^True\/NotNeeded/);
});

test('without a model that is needed the lexical tier is told, and what brings one', () => {
  const models = [model('embedding', 'absent'), model('pii', 'absent')];
  expect(judge(models)).toMatch(
    /^False\/LexicalTier No model for embedding and pii: .*spec\.models/,
  );
});

test('one pod that differs is enough', () => {
  expect(judge([model('pii', 'ready')], [model('pii', 'loading')])).toMatch(
    /^False\/Pending Loading the model for pii/,
  );
  expect(judge([model('pii', 'ready')], [model('pii', 'failed')])).toBe(
    'False/Failed pod-1: the model for pii failed: golden check',
  );
});

test('no claim without a word of a pod', () => {
  expect(judge()).toMatch(/^Unknown\/NoPods/);
  expect(judge(undefined)).toMatch(/^Unknown\/NotReported/);
  const silent: PodReport = { name: 'pod', answer: { kind: 'silent', message: 'x' } };
  expect(judgeModelsLoaded([silent])).toMatchObject({ reason: 'NoPods' });
});
