import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startModelEndpoint,
  type Behaviour,
  type ModelEndpoint,
} from '../../../../test/kit/models/model-endpoint.ts';
import type { Embedding } from '../../../ports.ts';
import type { Answering } from '../answering.ts';
import { remoteClassifier } from './remote-classifier.ts';
import { remoteEmbedder, type RemoteEmbedderOptions } from './remote-embedder.ts';

let server: ModelEndpoint;
beforeEach(async () => {
  server = await startModelEndpoint({
    vectors: (text) => (text.includes('red') ? [3, 4, 0] : [0, 0, 2]),
    scores: (text) => (text.includes('attack') ? { bad: 0.9, good: 0.1 } : { bad: 0.2, good: 0.8 }),
  });
});
afterEach(() => server.close());

function embedder(options: Partial<RemoteEmbedderOptions> = {}): ReturnType<typeof remoteEmbedder> {
  return remoteEmbedder({
    url: `${server.url}/v1/embeddings`,
    model: 'e5',
    dimensions: 3,
    ...options,
  });
}

function classifier(): ReturnType<typeof remoteClassifier> {
  return remoteClassifier({ url: `${server.url}/classify`, labels: ['good', 'bad'] });
}

test('a text is embedded by the protocol that everybody speaks, and brought to length 1', async () => {
  const answer = (await embedder().port.embed('a red rose')) as Embedding;
  expect(Array.from(answer.vector)).toEqual([expect.closeTo(0.6), expect.closeTo(0.8), 0]);
  expect(answer).toMatchObject({ tokens: 3, unknownTokens: 0, truncated: false });
  expect(server.requests).toMatchObject([
    {
      headers: { 'content-type': 'application/json' },
      body: { model: 'e5', input: ['a red rose'], encoding_format: 'float' },
    },
  ]);
  expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
});

test('tokens are estimated where the server does not count them', async () => {
  server.behave({ body: { data: [{ embedding: [1, 0, 0] }] } });
  expect(await embedder().port.embed('twelve bytes')).toMatchObject({ tokens: 3 });
});

test('a text is classified; labels that nobody wants are not heeded', async () => {
  const wanted = classifier();
  expect(await wanted.port.classify('an attack')).toEqual(
    new Map([
      ['good', 0.1],
      ['bad', 0.9],
    ]),
  );
  expect(server.requests[0]?.body).toEqual({ inputs: ['an attack'] });
  server.behave({
    body: [
      [
        { label: 'bad', score: 0.4 },
        { label: 'other', score: 0.6 },
      ],
    ],
  });
  expect(await wanted.port.classify('hello')).toEqual(
    new Map([
      ['good', 0],
      ['bad', 0.4],
    ]),
  );
});

test('models of another server, name or length have other ids', () => {
  const ids = [
    embedder(),
    embedder({ model: 'other' }),
    embedder({ dimensions: 4 }),
    embedder({ url: 'http://127.0.0.1:9/v1/embeddings' }),
  ].map(({ id }) => id);
  expect(new Set(ids).size).toBe(4);
  expect(ids[0]).toMatch(/^e5@[0-9a-f]{16}$/);
  expect(embedder().id).toBe(ids[0]);
});

test.each<[string, Behaviour, string]>([
  ['a vector of another length', { body: { data: [{ embedding: [1, 0] }] } }, 'failed'],
  ['a vector of nothing', { body: { data: [{ embedding: [0, 0, 0] }] } }, 'failed'],
  ['no vector', { body: { data: [] } }, 'failed'],
  ['something else', { body: 'hello' }, 'failed'],
  ['an error', { status: 500, body: { error: 'no' } }, 'failed'],
  ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }, 'failed'],
  ['that it is asked too often', { status: 429 }, 'overloaded'],
  ['that it is too busy', { status: 503 }, 'overloaded'],
])('a server that answers with %s is unavailable', async (_, behaviour, unavailable) => {
  server.behave(behaviour);
  const answering = embedder();
  expect(await answering.port.embed('red')).toEqual({ unavailable });
  expect(answering.counts()).toMatchObject({ calls: 1, unavailable: { [unavailable]: 1 } });
});

test.each<[string, unknown]>([
  ['nothing', []],
  ['two answers', [[{ label: 'bad', score: 1 }], []]],
  ['a score that is none', [[{ label: 'bad', score: 7 }]]],
  ['labels that nobody asked for', [[{ label: 'other', score: 1 }]]],
])('a classifier that answers with %s is unavailable', async (_, body) => {
  server.behave({ body });
  expect(await classifier().port.classify('hello')).toEqual({ unavailable: 'failed' });
});

test('a server that is not there is unavailable', async () => {
  await server.close();
  expect(await embedder().port.embed('red')).toEqual({ unavailable: 'failed' });
});

test('who waits for a server that says nothing waits until the deadline', async () => {
  server.behave('stall');
  const answering = embedder({ timeoutMs: 20 });
  expect(await answering.port.embed('red')).toEqual({ unavailable: 'deadline' });
  expect(await answering.port.embed('red', { deadlineMs: 10 })).toEqual({
    unavailable: 'deadline',
  });
  expect(answering.counts().unavailable.deadline).toBe(2);
});

test('some calls go at a time, some wait their turn, and the others are overloaded', async () => {
  server.behave({ body: { data: [{ embedding: [1, 0, 0] }] }, afterMs: 5 });
  const answering = embedder({ maxConcurrent: 2, timeoutMs: 30_000 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => answering.port.embed('red')));
  expect(answers.filter((answer) => 'vector' in answer)).toHaveLength(18);
  expect(answers.filter((answer) => 'unavailable' in answer)).toEqual([
    { unavailable: 'overloaded' },
    { unavailable: 'overloaded' },
  ]);
  expect(server.mostAtOnce()).toBe(2);
  expect(answering.counts().waiting).toBe(0);
});

test('the deadline also ends waiting for a turn', async () => {
  server.behave('stall');
  const answering = embedder({ maxConcurrent: 1 });
  const first = answering.port.embed('red', { deadlineMs: 60_000 });
  expect(await answering.port.embed('red', { deadlineMs: 10 })).toEqual({
    unavailable: 'deadline',
  });
  expect(answering.counts().waiting).toBe(2);
  await server.close();
  expect(await first).toEqual({ unavailable: 'failed' });
});

test('the key is read anew for each call, from a file or from the environment', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'srm-key-'));
  try {
    const file = join(folder, 'key');
    const asking = embedder({ apiKey: { file } });
    expect(await asking.port.embed('red')).toEqual({ unavailable: 'failed' });
    await writeFile(file, 'first\n');
    await asking.port.embed('red');
    await writeFile(file, 'second\n');
    await asking.port.embed('red');
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first',
      'Bearer second',
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
  process.env['SRM_TEST_MODEL_KEY'] = 'third';
  await embedder({ apiKey: { env: 'SRM_TEST_MODEL_KEY' } }).port.embed('red');
  delete process.env['SRM_TEST_MODEL_KEY'];
  expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer third');
  const without = embedder({ apiKey: { env: 'SRM_TEST_MODEL_KEY' } });
  expect(await without.port.embed('red')).toEqual({ unavailable: 'failed' });
});

test('a failure is told once, without the text, and again after a success', async () => {
  const told: string[] = [];
  const options = { url: `${server.url}/v1/embeddings`, model: 'e5', dimensions: 3 };
  const { port } = remoteEmbedder(options, (detail) => told.push(detail));
  const failures: Behaviour[] = [{ status: 401 }, { status: 401 }, { body: 'red is secret' }];
  for (const behaviour of failures) {
    server.behave(behaviour);
    await port.embed('red');
  }
  server.behave(undefined);
  await port.embed('red');
  server.behave({ body: 'red is secret' });
  await port.embed('red');
  server.behave(undefined);
  await port.embed('red');
  await server.close();
  await port.embed('red');
  expect(told).toEqual([
    'it answers with status 401',
    'its answer is not as expected',
    expect.stringMatching(/^it cannot be asked \((ECONNREFUSED|ECONNRESET|UND_ERR_SOCKET)\)$/),
  ]);
});

test('there is nothing to close', async () => {
  const answering: Answering<unknown> = embedder();
  expect([answering.isReady(), answering.problem()]).toEqual([true, undefined]);
  await answering.retire();
  await answering.close();
});
