import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  answerJson,
  startConnectProxy,
  startScriptedApiServer,
  statusBody,
  type ScriptedApiServer,
} from '../../test/kit/scripted-api-server.ts';
import { connectKube, currentNamespace } from './client-node-kube.ts';
import type { Kube, ResourceType } from './port.ts';

const configMaps: ResourceType = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};
const name = { namespace: 'team-a', name: 'one' };
const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: name };

let server: ScriptedApiServer;
const opened: Kube[] = [];

beforeEach(async () => {
  server = await startScriptedApiServer((_seen, response) => {
    answerJson(response, 200, object);
  });
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((kube) => kube.close()));
  await server.close();
});

function connected(...args: Parameters<typeof connectKube>): Kube {
  const kube = connectKube(...args);
  opened.push(kube);
  return kube;
}

/** Lets in whoever brings `token`. */
function letIn(token: () => string): void {
  server.script((seen, response) => {
    if (seen.headers.authorization === `Bearer ${token()}`) answerJson(response, 200, object);
    else answerJson(response, 401, statusBody(401, 'Unauthorized'));
  });
}

test('300 calls one after another share one or two connections', async () => {
  const kube = connected({ kubeconfig: await server.kubeconfig() });
  for (let call = 0; call < 300; call += 1) await kube.get(configMaps, name);
  expect(server.seen).toHaveLength(300);
  expect(server.connections()).toBeLessThanOrEqual(2);
});

test('many calls at once share a few connections', async () => {
  const kube = connected({ kubeconfig: await server.kubeconfig(), concurrency: 4 });
  await Promise.all(Array.from({ length: 100 }, () => kube.get(configMaps, name)));
  expect(server.seen).toHaveLength(100);
  // A connection is free a moment after its answer was read, so that a few more are opened.
  expect(server.connections()).toBeLessThanOrEqual(8);
});

test('a server whose certificate another authority signed is not spoken to', async () => {
  const other = await startScriptedApiServer(() => undefined);
  const stranger = Buffer.from(other.certificateAuthority).toString('base64');
  await other.close();
  const kubeconfig = await server.kubeconfig({}, { 'certificate-authority-data': stranger });
  const call = connected({ kubeconfig }).get(configMaps, name, { timeoutMs: 300 });
  await expect(call).rejects.toMatchObject({ name: 'KubeError' });
  expect(server.seen).toHaveLength(0);
});

describe('credentials', () => {
  test('a token file is read again when the server refuses the token', async () => {
    const root = join(server.directory, 'pod');
    const account = join(root, 'var/run/secrets/kubernetes.io/serviceaccount');
    await mkdir(account, { recursive: true });
    await writeFile(join(account, 'ca.crt'), server.certificateAuthority);
    await writeFile(join(account, 'token'), 'first\n');
    await writeFile(join(account, 'namespace'), 'team-a');
    await inPod(server.port, async () => {
      const kube = connected({ podRoot: root });
      expect(currentNamespace({ podRoot: root })).toBe('team-a');
      let valid = 'first';
      letIn(() => valid);
      await kube.get(configMaps, name);

      valid = 'second';
      await writeFile(join(account, 'token'), 'second\n');
      const made = kube.create(configMaps, object, { fieldManager: 'test' });
      await expect(made).resolves.toMatchObject({ metadata: name });
    });
  });

  test('a credentials program runs again when its token is refused, once for many calls', async () => {
    const program = await credentialsProgram(server.directory);
    const kubeconfig = await server.kubeconfig({
      exec: { apiVersion: 'client.authentication.k8s.io/v1', command: program, args: [] },
    });
    let valid = 'token-1';
    letIn(() => valid);
    const kube = connected({ kubeconfig });
    await kube.get(configMaps, name);

    valid = 'token-2';
    await Promise.all(Array.from({ length: 8 }, () => kube.get(configMaps, name)));
    expect(await runsOf(server.directory)).toBe(2);
  });

  test('a token that stays refused is `unauthorized`, after one more try', async () => {
    letIn(() => 'another');
    const kube = connected({ kubeconfig: await server.kubeconfig() });
    await expect(kube.get(configMaps, name)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(server.seen).toHaveLength(2);
  });

  test('a credentials program that fails is named in the error', async () => {
    const kubeconfig = await server.kubeconfig({
      exec: { apiVersion: 'client.authentication.k8s.io/v1', command: '/nowhere/login', args: [] },
    });
    const call = connected({ kubeconfig }).get(configMaps, name);
    await expect(call).rejects.toThrow(/no credentials: .*\/nowhere\/login/);
  });

  test('user and password, and impersonation, travel as headers', async () => {
    const user = { username: 'ann', password: 'secret', as: 'bob' };
    const kube = connected({ kubeconfig: await server.kubeconfig(user) });
    await kube.get(configMaps, name);
    const basic = Buffer.from('ann:secret').toString('base64');
    expect(server.seen[0]?.headers).toMatchObject({
      authorization: `Basic ${basic}`,
      'impersonate-user': 'bob',
    });
  });
});

test('the proxy of a kubeconfig is used', async () => {
  const proxy = await startConnectProxy();
  try {
    const kubeconfig = await server.kubeconfig({}, { 'proxy-url': proxy.url });
    await connected({ kubeconfig }).get(configMaps, name);
    expect(proxy.tunnels).toEqual([`127.0.0.1:${server.port}`]);
  } finally {
    await proxy.close();
  }
});

test('a proxy that we cannot use is refused by name', async () => {
  const kubeconfig = await server.kubeconfig({}, { 'proxy-url': 'socks5://127.0.0.1:1' });
  const call = connected({ kubeconfig }).get(configMaps, name);
  await expect(call).rejects.toThrow(/proxy-url socks5:\/\/127\.0\.0\.1:1/);
});

test("the path of the server's URL leads every request", async () => {
  const kubeconfig = await server.kubeconfig({}, { server: `${server.url}/k8s/clusters/c-1/` });
  await connected({ kubeconfig }).get(configMaps, name);
  expect(server.seen[0]?.url).toBe('/k8s/clusters/c-1/api/v1/namespaces/team-a/configmaps/one');
});

test('a context that is not there is said at once', async () => {
  const kubeconfig = await server.kubeconfig();
  expect(() => connectKube({ kubeconfig, context: 'elsewhere' })).toThrow(/"elsewhere"/);
});

test('the namespace of the context is known', async () => {
  expect(currentNamespace({ kubeconfig: await server.kubeconfig() })).toBe('home');
});

/** Runs `use` with the environment that a pod has. */
async function inPod(port: number, use: () => Promise<void>): Promise<void> {
  const before = { ...process.env };
  process.env['KUBERNETES_SERVICE_HOST'] = '127.0.0.1';
  process.env['KUBERNETES_SERVICE_PORT'] = String(port);
  try {
    await use();
  } finally {
    restore('KUBERNETES_SERVICE_HOST', before['KUBERNETES_SERVICE_HOST']);
    restore('KUBERNETES_SERVICE_PORT', before['KUBERNETES_SERVICE_PORT']);
  }
}

function restore(variable: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, variable);
  else process.env[variable] = value;
}

/** Prints `token-1`, `token-2` ... and counts its runs in a file. */
async function credentialsProgram(directory: string): Promise<string> {
  const path = join(directory, 'login');
  const credential = '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential"';
  await writeFile(
    path,
    `#!/bin/sh\necho run >> ${directory}/runs\nn=$(wc -l < ${directory}/runs)\n` +
      `printf '%s' '${credential},"status":{"token":"token-'$((n))'"}}'\n`,
  );
  await chmod(path, 0o755);
  return path;
}

async function runsOf(directory: string): Promise<number> {
  return (await readFile(join(directory, 'runs'), 'utf8')).trim().split('\n').length;
}
