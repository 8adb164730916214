// What the client makes of servers that misbehave. What a well-behaved one stores and refuses is
// asked of a real API server, in test/contract.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  answerJson,
  startScriptedApiServer,
  statusBody,
  type ScriptedApiServer,
} from '../../test/kit/scripted-api-server.ts';
import { connectKube } from './client-node-kube.ts';
import type { Kube, KubeObject, ResourceType, WatchEvent, WatchOptions } from './port.ts';

const configMaps: ResourceType = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};
const clusterRoles: ResourceType = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
};
const name = { namespace: 'team-a', name: 'one' };
const object: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...name } };

let server: ScriptedApiServer;
let kube: Kube;

beforeEach(async () => {
  server = await startScriptedApiServer((_seen, response) => {
    answerJson(response, 200, object);
  });
  kube = connectKube({ kubeconfig: await server.kubeconfig() });
});

afterEach(async () => {
  await kube.close();
  await server.close();
});

/** Fails the first `count` requests as told, and answers the rest. */
function failFirst(count: number, fail: Parameters<ScriptedApiServer['script']>[0]): void {
  server.script((seen, response, turn) => {
    if (turn < count) fail(seen, response, turn);
    else answerJson(response, 200, object);
  });
}

async function collect(options: WatchOptions = {}): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const event of kube.watch(configMaps, options)) events.push(event);
  return events;
}

describe('a call', () => {
  test('is repeated after 429, whatever it is', async () => {
    failFirst(1, (_seen, response) => {
      response.setHeader('retry-after', '1');
      answerJson(response, 429, statusBody(429, 'TooManyRequests'));
    });
    await kube.create(configMaps, object);
    expect(server.seen).toHaveLength(2);
  });

  test('gives the error back where the server asks for a long wait', async () => {
    failFirst(9, (_seen, response) => {
      response.setHeader('retry-after', '60');
      answerJson(response, 429, { not: 'a status' });
    });
    const call = kube.get(configMaps, name);
    await expect(call).rejects.toMatchObject({ code: 'too-many-requests', retryAfterSeconds: 60 });
    expect(server.seen).toHaveLength(1);
  });

  test.each([502, 503, 504])('that is idempotent is repeated after %d', async (status) => {
    failFirst(2, (_seen, response) => {
      answerJson(response, status, statusBody(status, 'Passing'));
    });
    await kube.apply(configMaps, object, { fieldManager: 'test' });
    expect(server.seen).toHaveLength(3);
  });

  test('that is not idempotent is not repeated when its answer was lost', async () => {
    failFirst(9, (_seen, response) => response.destroy());
    await expect(kube.create(configMaps, object)).rejects.toMatchObject({ code: 'unreachable' });
    await expect(kube.replace(configMaps, object)).rejects.toMatchObject({ code: 'unreachable' });
    expect(server.seen).toHaveLength(2);
  });

  test('survives a connection that the server closes', async () => {
    failFirst(2, (_seen, response) => response.destroy());
    await expect(kube.get(configMaps, name)).resolves.toMatchObject({ metadata: name });
  });

  test('gives up on a server that hangs', async () => {
    server.script(() => undefined);
    const call = kube.get(configMaps, name, { timeoutMs: 50 });
    await expect(call).rejects.toMatchObject({ code: 'timeout' });
    await expect(call).rejects.toThrow('get configmaps team-a/one: no answer within 50 ms');
  });

  test('gives up on a server that hangs in the middle of its answer', async () => {
    server.script((_seen, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"metadata"');
    });
    const call = kube.get(configMaps, name, { timeoutMs: 50 });
    await expect(call).rejects.toMatchObject({ code: 'timeout' });
  });

  test("ends with the caller's reason when the caller no longer waits", async () => {
    server.script(() => undefined);
    const controller = new AbortController();
    const call = kube.get(configMaps, name, { signal: controller.signal });
    controller.abort(new Error('leaving'));
    await expect(call).rejects.toThrow('leaving');
  });

  test('that nobody answers is unreachable', async () => {
    await server.close();
    const call = kube.get(configMaps, name, { timeoutMs: 2_000 });
    await expect(call).rejects.toMatchObject({ code: 'unreachable' });
  });

  test.each(['<html>busy</html>', '', '[]', '{"kind":"ConfigMap"}'])(
    'that is answered with %j is garbled',
    async (body) => {
      server.script((_seen, response) => response.end(body));
      await expect(kube.get(configMaps, name)).rejects.toMatchObject({ code: 'garbled' });
    },
  );

  test('that a proxy redirects is garbled, not followed', async () => {
    server.script((_seen, response) => {
      response.writeHead(302, { location: 'https://login.example.com/' }).end('moved');
    });
    await expect(kube.get(configMaps, name)).rejects.toMatchObject({
      code: 'garbled',
      status: 302,
    });
  });

  test.each([
    [400, 'BadRequest', 'bad-request'],
    [403, 'Forbidden', 'forbidden'],
    [404, 'NotFound', 'not-found'],
    [405, 'MethodNotAllowed', 'bad-request'],
    [409, 'AlreadyExists', 'already-exists'],
    [409, 'Conflict', 'conflict'],
    [410, 'Expired', 'gone'],
    [415, 'UnsupportedMediaType', 'bad-request'],
    [422, 'Invalid', 'invalid'],
    [500, 'InternalError', 'internal'],
  ])('that fails with %d %s is %s', async (status, reason, code) => {
    server.script((_seen, response) => {
      answerJson(response, status, statusBody(status, reason));
    });
    const call = kube.get(configMaps, name);
    await expect(call).rejects.toMatchObject({ code, status, reason });
    await expect(call).rejects.toThrow(`get configmaps team-a/one: scripted ${reason}`);
    expect(server.seen).toHaveLength(1);
  });

  test('that is invalid carries the fields that are', async () => {
    const causes = [{ reason: 'FieldValueInvalid', field: 'data', message: 'too long' }];
    server.script((_seen, response) => {
      answerJson(response, 422, statusBody(422, 'Invalid', { details: { causes } }));
    });
    const call = kube.apply(configMaps, object, { fieldManager: 'test' });
    await expect(call).rejects.toMatchObject({ code: 'invalid', causes });
  });

  test('fails after the client was closed', async () => {
    await kube.close();
    await expect(kube.get(configMaps, name)).rejects.toThrow(/closed/);
  });
});

describe('names', () => {
  test('with capitals and colons are asked for as they are', async () => {
    await kube.get(clusterRoles, { name: 'system:Node/Reader' });
    expect(server.seen[0]?.url).toBe(
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3ANode%2FReader',
    );
  });

  test.each(['', '.', '..'])('such as %j never reach the server', async (bad) => {
    const call = kube.delete(configMaps, { namespace: 'team-a', name: bad });
    await expect(call).rejects.toMatchObject({ code: 'bad-request' });
    expect(server.seen).toHaveLength(0);
  });

  test('of namespaced kinds need a namespace', async () => {
    await expect(kube.get(configMaps, { name: 'one' })).rejects.toThrow(/needs a namespace/);
    expect(server.seen).toHaveLength(0);
  });
});

describe('a watch', () => {
  test('is read whatever the cuts in its bytes', async () => {
    const line = JSON.stringify({
      type: 'ADDED',
      object: { metadata: { ...name, labels: { city: 'Zürich 🏔' } }, unknown: { kept: [1, null] } },
    });
    server.script((_seen, response) => {
      const bytes = Buffer.from(`${line}\n${line}\n`);
      const send = (at: number): void => {
        if (at >= bytes.length) response.end();
        else response.write(bytes.subarray(at, at + 7), () => setImmediate(send, at + 7));
      };
      send(0);
    });
    const events = await collect();
    expect(events).toHaveLength(2);
    expect(events[1]).toEqual({
      type: 'ADDED',
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { ...name, labels: { city: 'Zürich 🏔' } },
        unknown: { kept: [1, null] },
      },
    });
  });

  test('says what it wants in its query', async () => {
    server.script((_seen, response) => response.end());
    await collect({
      namespace: 'team-a',
      resourceVersion: '7',
      allowWatchBookmarks: true,
      timeoutSeconds: 300,
      labelSelector: 'app in (a,b)',
    });
    const url = new URL(server.seen[0]?.url ?? '', server.url);
    expect(url.pathname).toBe('/api/v1/namespaces/team-a/configmaps');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      watch: 'true',
      resourceVersion: '7',
      allowWatchBookmarks: 'true',
      timeoutSeconds: '300',
      labelSelector: 'app in (a,b)',
    });
  });

  test('that is too old ends in an event when the server says so in the stream', async () => {
    server.script((_seen, response) => {
      response.end(JSON.stringify({ type: 'ERROR', object: statusBody(410, 'Expired') }));
    });
    expect(await collect()).toMatchObject([{ type: 'ERROR', error: { code: 'gone' } }]);
  });

  test('that is too old is `gone` when the server refuses it', async () => {
    server.script((_seen, response) => {
      answerJson(response, 410, statusBody(410, 'Expired'));
    });
    await expect(collect()).rejects.toMatchObject({ code: 'gone' });
  });

  test.each(['<html>', '{"type":"ADDED"}', '{"type":"PARTY","object":{"metadata":{}}}'])(
    'that says %j is garbled',
    async (line) => {
      server.script((_seen, response) => response.end(`${line}\n`));
      await expect(collect()).rejects.toMatchObject({ code: 'garbled' });
    },
  );

  test('whose connection breaks is unreachable', async () => {
    server.script((_seen, response) => {
      response.writeHead(200).write('{"type":"ADDED",', () => response.destroy());
    });
    await expect(collect()).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('ends quietly, connection included, when it is no longer wanted', async () => {
    server.script((_seen, response) => {
      response.writeHead(200).flushHeaders();
    });
    const controller = new AbortController();
    const ended = collect({ signal: controller.signal });
    while (server.openConnections() === 0) await pause();
    controller.abort();
    expect(await ended).toEqual([]);
    while (server.openConnections() > 0) await pause();
  });

  test('may be left in the middle', async () => {
    server.script((_seen, response) => {
      response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`);
    });
    for await (const event of kube.watch(configMaps)) {
      expect(event.type).toBe('ADDED');
      break;
    }
    while (server.openConnections() > 0) await pause();
  });

  test('may be silent for longer than a call may take', async () => {
    server.script((seen, response) => {
      if (!seen.url.includes('watch=')) return;
      response.writeHead(200).flushHeaders();
      setTimeout(() => response.end(`${JSON.stringify({ type: 'DELETED', object })}\n`), 300);
    });
    const events = collect();
    await expect(kube.get(configMaps, name, { timeoutMs: 100 })).rejects.toThrow(/no answer/);
    expect(await events).toMatchObject([{ type: 'DELETED' }]);
  });
});

describe('discovery', () => {
  test('is asked for again only if it changed', async () => {
    const answer = {
      kind: 'APIGroupDiscoveryList',
      items: [
        {
          metadata: { name: 'apps' },
          versions: [
            {
              version: 'v1',
              freshness: 'Current',
              resources: [
                {
                  resource: 'deployments',
                  responseKind: { kind: 'Deployment' },
                  scope: 'Namespaced',
                  verbs: ['get'],
                },
              ],
            },
          ],
        },
        { metadata: { name: 'metrics.k8s.io' }, versions: [{ version: 'v1', freshness: 'Stale' }] },
      ],
    };
    let unchanged = 0;
    server.script((seen, response) => {
      if (!seen.url.startsWith('/apis')) {
        answerJson(response, 404, statusBody(404, 'NotFound'));
      } else if (seen.headers['if-none-match'] === '"one"') {
        unchanged += 1;
        response.writeHead(304).end();
      } else {
        response.setHeader('etag', '"one"');
        answerJson(response, 200, answer);
      }
    });
    const first = await kube.discover();
    expect(first).toEqual({
      resources: [
        {
          group: 'apps',
          version: 'v1',
          kind: 'Deployment',
          plural: 'deployments',
          namespaced: true,
          verbs: ['get'],
        },
      ],
      unknown: ['metrics.k8s.io/v1'],
    });
    expect(await kube.discover()).toEqual(first);
    expect(unchanged).toBe(1);
  });

  test('walks from group to group where the server has no short form', async () => {
    const answers: Record<string, unknown> = {
      '/api': { kind: 'APIVersions', versions: ['v1'] },
      '/apis': {
        kind: 'APIGroupList',
        groups: [
          { name: 'apps', versions: [{ groupVersion: 'apps/v1' }] },
          { name: 'broken', versions: [{ groupVersion: 'broken/v1' }] },
        ],
      },
      '/api/v1': {
        resources: [
          { name: 'configmaps', kind: 'ConfigMap', namespaced: true, verbs: ['get'] },
          { name: 'pods/log', kind: 'Pod', namespaced: true, verbs: ['get'] },
        ],
      },
      '/apis/apps/v1': {
        resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true, verbs: ['get'] }],
      },
    };
    server.script((seen, response) => {
      const answer = answers[seen.url];
      if (answer === undefined) answerJson(response, 500, statusBody(500, 'InternalError'));
      else answerJson(response, 200, answer);
    });
    const { resources, unknown } = await kube.discover();
    expect(resources.map(({ plural }) => plural)).toEqual(['configmaps', 'deployments']);
    expect(unknown).toEqual(['broken/v1']);
  });
});

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
