// Envoy follows RouterConfig while requests are running: none fails, none goes astray. The router is
// a stand-in, so that this is about the discovery files alone.
import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent } from 'node:http';
import { routerConfigSchema, type RouterConfig } from '../../config/schema/index.ts';
import { send, sendSse, type ClientReply } from '../kit/client.ts';
import { startConfiguredEnvoy, type ConfiguredEnvoy } from '../kit/configured-envoy.ts';
import { jsonReply } from '../kit/model-replies.ts';
import { startModelServer, type ModelServer } from '../kit/model-server.ts';
import { freePort } from '../kit/ports.ts';
import { startStubRouter, type SeenRequest, type StubAnswer } from '../kit/stub-router.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Models with the ports that serve them. */
type Models = Readonly<Record<string, readonly number[]>>;

/** `host` and `rest` change what is beside the models. */
function configOf(models: Models, host = '127.0.0.1', rest: object = {}): RouterConfig {
  const servedBy = (port: number): string => `port-${port}`;
  return routerConfigSchema.parse({
    default_model: Object.keys(models)[0],
    vllm_endpoints: [...new Set(Object.values(models).flat())].map((port) => ({
      name: servedBy(port),
      address: host,
      port,
    })),
    model_config: Object.fromEntries(
      Object.entries(models).map(([name, ports]) => [
        name,
        { preferred_endpoints: ports.map(servedBy) },
      ]),
    ),
    ...rest,
  });
}

/** Servers that answer with their port and with what the router decided. */
async function backends(count: number): Promise<ModelServer[]> {
  const servers: ModelServer[] = [];
  for (let index = 0; index < count; index += 1) {
    const server = await startModelServer({
      fallback: (request) =>
        jsonReply({ port: servers[index]?.port, decided: request.headers['x-decided'] }),
    });
    cleanups.push(() => server.close());
    servers.push(server);
  }
  return servers;
}

interface Setup extends ConfiguredEnvoy {
  /** Puts the configuration in force, in Envoy and for the router. */
  apply(models: Models, config: RouterConfig): Promise<unknown>;
  /** The models of each configuration so far, in order. */
  readonly generations: readonly Models[];
  /** Configurations that the router has been told of; one more may be in Envoy. */
  inForce(): number;
}

/** Envoy and a router that chooses among the models of the configuration in force, one by one. */
async function start(models: Models, config: RouterConfig): Promise<Setup> {
  const generations: Models[] = [models];
  let inForce = 0;
  let turn = 0;
  const extProc = { host: '127.0.0.1', port: await freePort() };
  const pins = createPins();
  const decide = (request: SeenRequest): StubAnswer => {
    const asked = /"model":"([^"]*)"/.exec(request.body.toString())?.[1];
    const generation = pins.generationOf(request);
    const names = Object.keys(generations[generation] ?? {});
    const model = asked ?? names[(turn += 1) % names.length] ?? '';
    return { setHeaders: { 'x-selected-model': model, 'x-decided': `${generation} ${model}` } };
  };
  const router = await startStubRouter({
    address: `127.0.0.1:${extProc.port}`,
    onHeaders: (request) => {
      pins.pin(request, inForce);
      return undefined;
    },
    onBody: decide,
    onEnd: pins.release,
  });
  cleanups.push(() => {
    router.close();
  });
  const started = await startConfiguredEnvoy({
    config,
    extProc,
    concurrency: 2,
    timeoutSeconds: 10,
  });
  cleanups.push(() => started.stop());
  return {
    ...started,
    generations,
    inForce: () => inForce,
    apply: (next, nextConfig) => {
      generations.push(next);
      return started.files
        .apply(nextConfig, () => {
          inForce += 1;
          return pins.drained(inForce);
        })
        .catch((error: unknown) => {
          generations.pop();
          throw error;
        });
    },
  };
}

/** Which configuration each request began with, and when none needs those before a given one. */
function createPins(): {
  readonly pin: (request: SeenRequest, generation: number) => void;
  readonly generationOf: (request: SeenRequest) => number;
  readonly release: (request: SeenRequest) => void;
  readonly drained: (generation: number) => Promise<void>;
} {
  const held = new Map<string, number>();
  const waiting = new Set<() => void>();
  const id = ({ headers }: SeenRequest): string => headers['x-request-id']?.[0] ?? '';
  return {
    pin: (request, generation) => held.set(id(request), generation),
    generationOf: (request) => held.get(id(request)) ?? -1,
    release: (request) => {
      held.delete(id(request));
      for (const look of [...waiting]) look();
    },
    drained: (generation) =>
      new Promise((resolve) => {
        const look = (): void => {
          if ([...held.values()].some((pinned) => pinned < generation)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

/** What is wrong with a reply; undefined: nothing. `upTo` is the newest configuration in Envoy. */
function faultOf(
  reply: ClientReply,
  generations: readonly Models[],
  upTo: number,
): string | undefined {
  if (reply.status !== 200 || !reply.complete) return `${reply.status} ${reply.text()}`;
  const { port, decided } = reply.json() as { port: number; decided: string };
  const [generation, model = ''] = decided.split(' ');
  for (let index = Number(generation); index <= upTo; index += 1) {
    if (generations[index]?.[model]?.includes(port) === true) return undefined;
  }
  return `${model} of configuration ${generation ?? ''} was answered by port ${port}`;
}

interface Load {
  readonly sent: number;
  /** What went wrong, one sentence for each request that did. */
  readonly faults: readonly string[];
}

/** Sends over keep-alive connections until told to stop; resolves with counts and faults. */
function steadyLoad(setup: Setup, connections: number): () => Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const faults: string[] = [];
  let sent = 0;
  let running = true;
  const worker = async (): Promise<void> => {
    while (running && faults.length < 100) {
      sent += 1;
      try {
        const reply = await send({ url: setup.url, body: '{}', agent });
        const fault = faultOf(reply, setup.generations, setup.inForce() + 1);
        if (fault !== undefined) faults.push(fault);
      } catch (error) {
        faults.push(String(error));
      }
    }
  };
  const workers = Array.from({ length: connections }, worker);
  const stop = async (): Promise<Load> => {
    running = false;
    await Promise.all(workers);
    agent.destroy();
    return { sent, faults };
  };
  cleanups.push(stop);
  return stop;
}

describe('under load', () => {
  test('50 changes of models, endpoints and limits cost no request', async () => {
    const ports = (await backends(6)).map((server) => server.port);
    // A generator with a seed: a failure can be had again.
    let state = 42;
    const random = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * below);
    };
    const someModels = (): Models => {
      const names = Array.from({ length: 1 + random(4) }, () => `model-${random(8)}`);
      return Object.fromEntries(
        names.map((name) => {
          const first = random(ports.length);
          return [name, ports.slice(first, first + 1 + random(3))];
        }),
      );
    };
    const first = someModels();
    const setup = await start(first, configOf(first));
    const stop = steadyLoad(setup, 8);
    for (let change = 1; change <= 50; change += 1) {
      const models = someModels();
      const rest = {
        router: { message_timeout_seconds: 5 + (change % 3), max_request_body_bytes: 1e6 + change },
        maas_integration: {
          enabled: change % 5 === 0,
          authentication: { user_header: `x-user-${change % 7}` },
          headers: { prefix: `x-prefix-${change % 4}-` },
        },
      };
      await setup.apply(
        models,
        configOf(models, change % 9 === 0 ? 'localhost' : '127.0.0.1', rest),
      );
    }
    const { sent, faults } = await stop();
    expect(faults).toEqual([]);
    expect(setup.inForce()).toBe(50);
    expect(sent).toBeGreaterThan(1000);
    // Nothing is left over of the configurations in between.
    await setup.files.idle();
    const clusters = await setup.envoy.stats('^cluster_manager.active_clusters$');
    const models = Object.keys(setup.generations.at(-1) ?? {});
    expect(clusters.get('cluster_manager.active_clusters')).toBe(models.length + 1);
  });

  test('a stream outlives the removal of its model', async () => {
    const [old, other] = (await backends(2)) as [ModelServer, ModelServer];
    const gate = Promise.withResolvers<undefined>();
    const before = { old: [old.port] };
    const setup = await start(before, configOf(before));
    old.next({
      headers: { 'content-type': 'text/event-stream' },
      steps: [{ write: 'data: first\n\n' }, { until: gate.promise }, { write: 'data: last\n\n' }],
    });
    const begun = Promise.withResolvers<undefined>();
    const reply = sendSse(
      { url: setup.url, body: '{}' },
      {
        onEvent: () => {
          begun.resolve(undefined);
        },
      },
    );
    await begun.promise;
    for (const name of ['new', 'newer']) {
      const models = { [name]: [other.port] };
      await setup.apply(models, configOf(models));
    }
    gate.resolve(undefined);
    const { events, complete } = await reply;
    expect([events, complete]).toEqual([['first', 'last'], true]);
    expect(
      faultOf(await send({ url: setup.url, body: '{}' }), setup.generations, 2),
    ).toBeUndefined();
  });
});

test('what Envoy refuses changes nothing, and what comes next is taken', async () => {
  const [server] = (await backends(1)) as [ModelServer];
  const models = { small: [server.port] };
  const setup = await start(models, configOf(models));
  const stop = steadyLoad(setup, 4);
  const good = configOf(models);
  const endpoints = good.vllm_endpoints.map((endpoint) => ({
    ...endpoint,
    tls: { ca_file: '/no/such/file.pem' },
  }));
  await expect(setup.apply(models, { ...good, vllm_endpoints: endpoints })).rejects.toThrow(
    /^Envoy refused clusters.json version [0-9a-f]{16}; its log has the reason$/,
  );
  expect(setup.envoy.log()).toContain('/no/such/file.pem');
  const more = { small: [server.port], big: [server.port] };
  await setup.apply(more, configOf(more));
  expect((await stop()).faults).toEqual([]);
  expect(setup.inForce()).toBe(1);
});

test('a new name of the identity header is safe on a connection that is open', async () => {
  const [server] = (await backends(1)) as [ModelServer];
  const models = { small: [server.port] };
  const identity = (user_header: string): object => ({
    maas_integration: { enabled: true, authentication: { user_header } },
  });
  const setup = await start(models, configOf(models, '127.0.0.1', identity('x-old-user')));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  cleanups.push(() => {
    agent.destroy();
  });
  const forged = { 'x-old-user': 'mallory', 'x-new-user': 'mallory' };
  const ask = (): Promise<ClientReply> =>
    send({ url: setup.url, body: '{}', headers: forged, agent });
  await ask();
  await setup.apply(models, configOf(models, '127.0.0.1', identity('x-new-user')));
  await setup.files.idle();
  await ask();
  const seen = server.requests.map(({ headers }) => [headers['x-old-user'], headers['x-new-user']]);
  expect(seen).toEqual([
    [undefined, 'mallory'],
    ['mallory', undefined],
  ]);
  const connections = await setup.envoy.stats('^http.clients.downstream_cx_total$');
  expect(connections.get('http.clients.downstream_cx_total')).toBe(1);
});
