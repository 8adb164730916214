import { expect, test } from '@jest/globals';
import { signalModelsSchema } from '../../../config/schema/signal-models.ts';
import { planModels } from './plan-models.ts';

const plan = (said: object, installed?: string): unknown =>
  planModels(signalModelsSchema.parse(said), installed);

test('what nobody names is looked for where models are installed', () => {
  expect(planModels(undefined, '/models')).toEqual({ directory: '/models' });
  expect(planModels(undefined, undefined)).toEqual({});
  expect(plan({ directory: '/mine' }, '/models')).toEqual({ directory: '/mine' });
});

test('models may be directories', () => {
  expect(
    plan({
      embedding: { path: '/e' },
      pii: { path: '/p' },
      domain: { path: '/d' },
      jailbreak: { path: '/j', positive_labels: ['INJECTION'] },
    }),
  ).toEqual({
    embedding: { kind: 'directory', path: '/e' },
    pii: { kind: 'directory', path: '/p' },
    domain: { kind: 'directory', path: '/d' },
    jailbreak: { kind: 'directory', path: '/j', positiveLabels: ['INJECTION'] },
  });
});

test('models may stand behind URLs', () => {
  expect(
    plan({
      embedding: {
        url: 'http://tei:8080/v1/embeddings',
        model: 'e5',
        dimensions: 384,
        api_key_env: 'E5_KEY',
      },
      jailbreak: {
        url: 'https://guard.example.com/classify?v=2',
        labels: ['ok', 'bad'],
        positive_labels: ['bad'],
        api_key_file: '/keys/guard',
        timeout_ms: 500,
        max_concurrent: 2,
      },
    }),
  ).toEqual({
    embedding: {
      kind: 'remote',
      url: 'http://tei:8080/v1/embeddings',
      model: 'e5',
      dimensions: 384,
      apiKey: { env: 'E5_KEY' },
    },
    jailbreak: {
      kind: 'remote',
      url: 'https://guard.example.com/classify?v=2',
      labels: ['ok', 'bad'],
      apiKey: { file: '/keys/guard' },
      timeoutMs: 500,
      maxConcurrent: 2,
    },
  });
});

test.each([
  'tei:8080/v1/embeddings',
  'ftp://tei/v1',
  'https://user:secret@tei/v1',
  'http://tei/v1 x',
  'http:///v1',
])('%s is no URL of a model', (url) => {
  expect(signalModelsSchema.safeParse({ embedding: { url } }).success).toBe(false);
});
