// What stands around routers that a test starts and ends itself: a backend whose streams wait in the
// middle, a configuration file, an Envoy for one router or two.
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileNames } from '../../config/envoy/resource-names.ts';
import { createEnvoyFiles, type EnvoyFiles } from '../../dataplane/runtime/envoy.ts';
import { sendSse, type ClientRequest, type SseReply } from './client.ts';
import { startEnvoy, type EnvoyProcess } from './envoy.ts';
import {
  chatChunks,
  chatCompletion,
  jsonReply,
  sseText,
  type ModelRequest,
  type Reply,
} from './model-replies.ts';
import { startModelServer, type ModelServer } from './model-server.ts';
import { freePorts } from './ports.ts';
import { silentLog } from './silent-log.ts';
import { systemConfig } from './system.ts';

const host = '127.0.0.1';
const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const events = chatChunks({ usage, content: 'one two three four five six' });

/** A stream in two parts: three events, and the rest with its usage. */
export const heldStream = {
  first: sseText(events.slice(0, 3), { done: false }),
  second: sseText(events.slice(3)),
} as const;

export interface Gate {
  readonly opened: Promise<undefined>;
  open(): void;
}

export function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return {
    opened: promise,
    open: () => {
      resolve(undefined);
    },
  };
}

/** The stream, its second part not before the gate opens. */
export function streamHeldBy({ opened }: Gate): Reply {
  return {
    headers: { 'content-type': 'text/event-stream' },
    steps: [{ write: heldStream.first }, { until: opened }, { write: heldStream.second }],
  };
}

/** Streams are held in the middle until the gate opens; other answers come at once. */
function heldBy(held: Gate): (request: ModelRequest) => Reply {
  return ({ json }) =>
    json?.['stream'] === true ? streamHeldBy(held) : jsonReply(chatCompletion({ usage }));
}

/** What stands around the routers of a test: backend, configuration file, Envoy's files. */
export interface Surroundings {
  readonly url: string;
  readonly backend: ModelServer;
  readonly configPath: string;
  readonly directory: string;
  readonly extProcPorts: readonly number[];
  readonly envoyFiles: EnvoyFiles;
  /** Starts Envoy; with two ext_proc ports it asks both routers how they are and shares work out. */
  startEnvoy(): Promise<EnvoyProcess>;
}

export async function surround(options: {
  readonly gate: Gate;
  /** Gets what is to be done in the end, the last first. */
  readonly ending: (() => Promise<unknown>)[];
  readonly routers: number;
  /** Of the ledger in the folder `ledger` of `directory`; in memory when left out. */
  readonly durability?: 'sync' | 'interval';
}): Promise<Surroundings> {
  const { ending } = options;
  const backend = await startModelServer({ fallback: heldBy(options.gate) });
  ending.push(() => backend.close());
  const directory = await mkdtemp(join(tmpdir(), 'srm-drain-'));
  ending.push(() => rm(directory, { recursive: true, force: true }));
  const configPath = join(directory, 'config.yaml');
  const config = systemConfig(
    { small: backend.port, big: backend.port },
    {
      maas_integration: { enabled: true },
      ...(options.durability === undefined
        ? {}
        : {
            usage_ledger: { directory: join(directory, 'ledger'), durability: options.durability },
          }),
    },
  );
  await writeFile(configPath, JSON.stringify(config));
  const [listenPort = 0, adminPort = 0, ...extProcPorts] = await freePorts(2 + options.routers);
  const envoyFiles = createEnvoyFiles({
    envoy: {
      listen: { host, port: listenPort },
      admin: { host, port: adminPort },
      extProc: { host, port: extProcPorts[0] ?? 0 },
      directory,
      incomingIdentityHeaders: 'keep',
      accessLog: 'none',
    },
    log: silentLog,
  });
  return {
    url: `http://${host}:${listenPort}`,
    backend,
    configPath,
    directory,
    extProcPorts,
    envoyFiles,
    startEnvoy: async () => {
      const text = await readFile(join(directory, fileNames.bootstrap), 'utf8');
      const bootstrap = JSON.parse(text) as Bootstrap;
      if (extProcPorts.length > 1) balance(bootstrap, extProcPorts);
      const envoy = await startEnvoy({ bootstrap, adminPort });
      ending.push(() => envoy.stop());
      return envoy;
    },
  };
}

interface Bootstrap {
  readonly static_resources: { readonly clusters: Record<string, unknown>[] };
}

/** As a service with several routers behind it is written: endpoints that are asked how they are. */
function balance(bootstrap: Bootstrap, extProcPorts: readonly number[]): void {
  const cluster = bootstrap.static_resources.clusters[0];
  if (cluster === undefined) throw new Error('the bootstrap has no cluster for ext_proc');
  Object.assign(cluster, {
    load_assignment: {
      cluster_name: cluster['name'],
      endpoints: [
        {
          lb_endpoints: extProcPorts.map((port) => ({
            endpoint: { address: { socket_address: { address: host, port_value: port } } },
          })),
        },
      ],
    },
    health_checks: [
      {
        timeout: '1s',
        interval: '0.2s',
        no_traffic_interval: '0.2s',
        unhealthy_threshold: 1,
        healthy_threshold: 1,
        grpc_health_check: { service_name: 'envoy.service.ext_proc.v3.ExternalProcessor' },
      },
    ],
    common_lb_config: { healthy_panic_threshold: { value: 0 } },
  });
}

export const requestOf = (url: string, user: string, stream = false): ClientRequest => ({
  url: `${url}/v1/chat/completions`,
  headers: { 'x-auth-request-user': user, 'x-auth-request-tier': 'premium' },
  body: { model: 'small', stream, messages: [{ role: 'user', content: 'hello' }] },
});

/** Begins streams and resolves when the first events of all are with the client. */
export async function beginStreams(
  url: string,
  count: number,
): Promise<readonly Promise<SseReply>[]> {
  const begun = Array.from({ length: count }, () => Promise.withResolvers<undefined>());
  const replies = begun.map(({ resolve }, stream) =>
    sendSse(requestOf(url, `stream-${stream}`, true), {
      onEvent: (_data, index) => {
        if (index === 2) resolve(undefined);
      },
    }),
  );
  const failed = Promise.all(replies).then(() => {
    throw new Error('a stream ended before it was let go');
  });
  await Promise.race([Promise.all(begun.map(({ promise }) => promise)), failed]);
  failed.catch(() => undefined);
  return replies;
}

/** Waits for the state of the world; rejects after 20 s. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await holds()); waited += 20) {
    if (waited > 20_000) throw new Error(`not within 20 s: ${what}`);
    await sleep(20);
  }
}

/** Whether somebody listens on a port. */
export async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

export async function pageOf(port: number): Promise<string> {
  const reply = await fetch(`http://${host}:${port}/metrics`);
  return reply.text();
}
