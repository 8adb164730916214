import { afterEach, expect, test } from '@jest/globals';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { ports } from '../../config/names.ts';
import type { KubeObject } from '../kube/port.ts';
import { askPod } from './ask-pod.ts';

const address = '127.0.31.7';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** What the operator makes of a pod whose router answers so. */
async function ask(answer: (response: ServerResponse) => void, ready = true): Promise<unknown> {
  const listening = createServer((_request, response) => {
    answer(response);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(ports.admin, address, resolve));
  return (await askPod(pod(ready), new AbortController().signal)).answer;
}

function pod(ready: boolean, phase = 'Running'): KubeObject {
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'demo-1' } },
    status: { phase, podIP: address, containerStatuses: [{ name: 'router', ready }] },
  };
}

const json = (value: unknown) => (response: ServerResponse) => response.end(JSON.stringify(value));

test('a router tells its hash, and what it refused', async () => {
  const rejected = { hash: 'b', problems: ['one', 'two', 'three', 'four'] };
  expect(await ask(json({ hash: 'a', rejected }))).toEqual({
    kind: 'runs',
    hash: 'a',
    refused: { hash: 'b', problem: 'one; two; three' },
    models: undefined,
  });
});

test('a pod that does not run yet is not asked', async () => {
  const { answer } = await askPod(pod(true, 'Pending'), new AbortController().signal);
  expect(answer).toEqual({ kind: 'starting' });
});

test('silence is no concern before the router is ready, and told after that', async () => {
  const signal = new AbortController().signal;
  expect((await askPod(pod(false), signal)).answer).toEqual({ kind: 'starting' });
  const told = { kind: 'silent', message: expect.stringContaining('ECONNREFUSED') };
  expect((await askPod(pod(true), signal)).answer).toEqual(told);
});

test.each([
  ['other words', json({ state: 'fine' })],
  ['no JSON', (response: ServerResponse) => response.end('<html>')],
  ['more than any answer', json({ hash: 'a', more: 'x'.repeat(2_000_000) })],
])('%s are no valid answer', async (_, answer) => {
  expect(await ask(answer)).toEqual({ kind: 'silent', message: 'it gave no valid answer' });
});

test('it is not sent anywhere else', async () => {
  const answer = await ask((response) => {
    if (response.req.url === '/elsewhere') response.end('{"hash":"a"}');
    else response.writeHead(302, { location: '/elsewhere' }).end();
  });
  expect(answer).toMatchObject({ kind: 'silent' });
});
