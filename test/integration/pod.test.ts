// A pod as its containers run it, all of them real processes: the init step writes Envoy's files,
// Envoy starts from them, the router keeps it in step, and both end without losing a request.
import { afterEach, expect, test } from '@jest/globals';
import { Agent } from 'node:http';
import { send, type ClientReply } from '../kit/client.ts';
import { startModelServer, type ModelServer } from '../kit/model-server.ts';
import { chatCompletion, jsonReply } from '../kit/model-replies.ts';
import { preparePod, type Container, type PodProcesses } from '../kit/pod-processes.ts';
import {
  accepts,
  beginStreams,
  gate,
  heldStream,
  pageOf,
  requestOf,
  streamHeldBy,
  until,
  type Gate,
} from '../kit/router-surroundings.ts';
import { systemConfig } from '../kit/system.ts';

const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function startBackend(held: Gate): Promise<ModelServer> {
  const backend = await startModelServer({
    fallback: ({ json }) =>
      json?.['stream'] === true ? streamHeldBy(held) : jsonReply(chatCompletion({ usage })),
  });
  ending.push(() => backend.close());
  return backend;
}

const configOf = ({ port }: ModelServer, more: object = {}): object =>
  systemConfig({ small: port, big: port }, { maas_integration: { enabled: true }, ...more });

async function prepare(config: object): Promise<PodProcesses> {
  const pod = await preparePod(config);
  ending.push(() => pod.stop());
  return pod;
}

async function untilReady(pod: PodProcesses, router: Container): Promise<void> {
  await until('the pod is ready', async () => {
    if (router.child.exitCode !== null) throw new Error(router.output());
    return (await pod.readyz())?.status === 200;
  });
}

async function startPod(
  config: object,
  ...more: readonly string[]
): Promise<{
  readonly pod: PodProcesses;
  readonly envoy: Container;
  readonly router: Container;
}> {
  const pod = await prepare(config);
  expect(await pod.init()).toMatchObject({ code: 0 });
  const envoy = pod.startEnvoy();
  const router = pod.startRouter(...more);
  await untilReady(pod, router);
  return { pod, envoy, router };
}

test('a request is billed, and a swapped configuration is in force without a restart', async () => {
  const backend = await startBackend(gate());
  const { pod } = await startPod(configOf(backend));
  expect((await send(requestOf(pod.url, 'alice'))).status).toBe(200);
  await until('it is counted', async () =>
    (await pageOf(pod.metricsPort)).includes(
      'semantic_router_tokens_total{user="alice",tier="premium",model="small",type="completion"} 20',
    ),
  );
  const hashOf = async (): Promise<unknown> => {
    const reply = await fetch(`${pod.adminUrl}/config`);
    return ((await reply.json()) as { hash: unknown }).hash;
  };
  const before = await hashOf();
  await pod.setConfig(
    configOf(backend, { maas_integration: { enabled: true, headers: { prefix: 'x-vsr-new-' } } }),
  );
  await until('the pod reports another hash', async () => (await hashOf()) !== before);
  const reply = await send(requestOf(pod.url, 'alice'));
  expect(reply.headers['x-vsr-new-model-selected']).toBe('small');
});

test('the pod is ready while Envoy is: not before it runs, not when it has died, and again then', async () => {
  const backend = await startBackend(gate());
  const pod = await prepare(configOf(backend));
  expect(await pod.init()).toMatchObject({ code: 0 });
  const router = pod.startRouter();
  await until('the router answers', async () => (await pod.readyz()) !== undefined);
  expect(await pod.readyz()).toMatchObject({
    status: 503,
    body: { checks: { ext_proc: { ok: true }, envoy: { ok: false } } },
  });

  const envoy = pod.startEnvoy();
  await untilReady(pod, router);
  envoy.child.kill('SIGKILL');
  await envoy.exited;
  expect(await pod.readyz()).toMatchObject({
    status: 503,
    body: { checks: { envoy: { ok: false, detail: 'its admin interface does not answer' } } },
  });

  // The socket of the dead one is still there.
  pod.startEnvoy();
  await untilReady(pod, router);
  expect((await send(requestOf(pod.url, 'bob'))).status).toBe(200);
});

test('a router that was killed is taken back by its Envoy, and refuses nobody for long', async () => {
  const backend = await startBackend(gate());
  const { pod, router } = await startPod(configOf(backend));
  router.child.kill('SIGKILL');
  await router.exited;
  expect((await send(requestOf(pod.url, 'bob'))).status).toBeGreaterThanOrEqual(500);
  await untilReady(pod, pod.startRouter());
  await until(
    'requests pass again',
    async () => (await send(requestOf(pod.url, 'bob'))).status === 200,
  );
});

test('the end of a pod: running streams come whole, nobody new gets in, every record is kept', async () => {
  const held = gate();
  const { pod, envoy, router } = await startPod(configOf(await startBackend(held)));
  const replies = await beginStreams(pod.url, 3);

  // As the kubelet does it: all containers at once, Envoy after its preStop hook.
  const hook = fetch(`${pod.adminUrl}/drained`);
  router.child.kill('SIGTERM');
  await until('the port is closed', async () => !(await accepts(pod.envoyPort)));
  expect(envoy.child.exitCode).toBeNull();
  expect(await pod.readyz()).toMatchObject({ status: 503 });
  held.open();
  for (const reply of await Promise.all(replies)) {
    expect(reply.complete).toBe(true);
    expect(reply.text()).toBe(heldStream.first + heldStream.second);
  }
  expect((await hook).status).toBe(200);
  envoy.child.kill('SIGTERM');
  expect(await Promise.all([router.exited, envoy.exited])).toEqual([0, 0]);

  const records = await pod.ledger();
  expect(records.map(({ user, outcome }) => [user, outcome]).sort()).toEqual([
    ['stream-0', 'completed'],
    ['stream-1', 'completed'],
    ['stream-2', 'completed'],
  ]);
});

test('a pod that is about to be killed cuts what runs, and keeps its record', async () => {
  const held = gate();
  const { pod, router } = await startPod(
    configOf(await startBackend(held), { router: { shutdown_grace_seconds: 3600 } }),
    ...['--end-within', '3', '--last-scrape', '3600'],
  );
  await pageOf(pod.metricsPort); // somebody scrapes, but not again
  const replies = await beginStreams(pod.url, 1);
  router.child.kill('SIGTERM');
  expect(await router.exited).toBe(0);
  expect((await Promise.all(replies))[0]?.complete).toBe(false);
  held.open();
  expect(await pod.ledger()).toEqual([
    expect.objectContaining({ user: 'stream-0', usage_source: 'estimated' }),
  ]);
});

test('answers tell clients to go elsewhere before the port is closed', async () => {
  const { pod, router } = await startPod(
    configOf(await startBackend(gate())),
    // Long enough to ask; what ends the test is the answer.
    ...['--drain-delay', '3'],
  );
  const agent = new Agent({ keepAlive: true });
  ending.push(() => {
    agent.destroy();
    return Promise.resolve();
  });
  const ask = (user: string): Promise<ClientReply> => send({ ...requestOf(pod.url, user), agent });
  expect((await ask('early')).headers.connection).not.toBe('close');
  router.child.kill('SIGTERM');
  await until('clients are turned away', async () => {
    const reply = await ask('late');
    expect(reply.status).toBe(200);
    return reply.headers.connection === 'close';
  });
  expect(await router.exited).toBe(0);
});

test('the init step refuses a bad configuration with its lines, and writes nothing', async () => {
  const pod = await prepare({ default_model: 'small' });
  const { code, output } = await pod.init();
  expect(code).toBe(1);
  expect(output).toContain('vllm_endpoints');
});
