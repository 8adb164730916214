import { expect, test } from '@jest/globals';
import { matchEndpoint } from './endpoints.ts';

test.each([
  ['POST', '/v1/chat/completions', { kind: 'metered', endpoint: 'chat.completions' }],
  ['POST', '/v1/chat/completions?beta=1', { kind: 'metered', endpoint: 'chat.completions' }],
  ['POST', '/v1/chat/completions/', { kind: 'metered', endpoint: 'chat.completions' }],
  ['POST', '/v1/completions', { kind: 'metered', endpoint: 'completions' }],
  ['POST', '/v1/embeddings', { kind: 'metered', endpoint: 'embeddings' }],
  ['POST', '/v1/responses', { kind: 'metered', endpoint: 'responses' }],
  ['POST', '/v1/messages', { kind: 'metered', endpoint: 'messages' }],
  ['GET', '/v1/chat/completions', { kind: 'method-not-allowed', allow: 'POST' }],
  ['OPTIONS', '/v1/chat/completions', { kind: 'foreign' }],
  ['GET', '/v1/models', { kind: 'list-models' }],
  ['GET', '/v1/models/', { kind: 'list-models' }],
  ['POST', '/v1/models', { kind: 'method-not-allowed', allow: 'GET' }],
  ['GET', '/v1/models/qwen%2Fqwen3', { kind: 'get-model', model: 'qwen/qwen3' }],
  ['GET', '/v1/models/%', { kind: 'foreign' }],
  ['DELETE', '/v1/models/x', { kind: 'foreign' }],
  ['GET', '/health', { kind: 'foreign' }],
  ['POST', '/v1/audio/transcriptions', { kind: 'foreign' }],
  ['GET', '/v1/responses/resp_1', { kind: 'foreign' }],
])('%s %s', (method, path, expected) => {
  expect(matchEndpoint(method, path)).toEqual(expected);
});
