// The whole data plane for tests: real Envoy, the real router, scripted backends. What a client
// sends to `url` goes the way that it goes in production.
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EnvoyOptions } from '../../config/envoy/options.ts';
import { fileNames } from '../../config/envoy/resource-names.ts';
import type { UsageRecord } from '../../dataplane/domain/usage-record.ts';
import { startRouter, type Router, type RouterOptions } from '../../dataplane/main.ts';
import type { Log, LogFields } from '../../dataplane/ports.ts';
import { createEnvoyFiles } from '../../dataplane/runtime/envoy.ts';
import { startTogether } from '../../dataplane/runtime/start-together.ts';
import { startEnvoy, type EnvoyProcess } from './envoy.ts';
import { startModelServer, type ModelServer } from './model-server.ts';
import { freePorts } from './ports.ts';

export interface BackendPorts {
  readonly small: number;
  readonly big: number;
}

export interface SystemOptions {
  /** Merged over a configuration with the models `small` and `big`, a backend for each. */
  readonly config?: object;
  /** In the place of that configuration: all of it, made of the ports of the two backends. */
  readonly wholeConfig?: (ports: BackendPorts) => object;
  /** Options of Envoy beside its addresses. Identity headers of clients are kept by default. */
  readonly envoy?: Partial<EnvoyOptions>;
  /** Models to open; none when left out. */
  readonly modelsDirectory?: string;
  /** Settings of the models' threads. */
  readonly modelHost?: RouterOptions['modelHost'];
  /** HTTP filters to put before the router's, as an operator of a gateway would. */
  readonly filtersBefore?: readonly object[];
}

export interface System {
  readonly url: string;
  readonly router: Router;
  readonly envoy: EnvoyProcess;
  readonly backends: { readonly small: ModelServer; readonly big: ModelServer };
  /** Every usage record so far, oldest first. */
  readonly records: readonly UsageRecord[];
  readonly logged: readonly (readonly [level: string, message: string, fields?: LogFields])[];
  /** Resolves with the first `count` records as soon as they are there. */
  waitForRecords(count: number): Promise<readonly UsageRecord[]>;
  metricsPage(): Promise<string>;
  /** The value of one series such as `name{a="b"}`; 0 where there is none. */
  metric(series: string): Promise<number>;
  /** Replaces the configuration file in one step. */
  writeConfig(config: object | string): Promise<void>;
  stop(): Promise<void>;
}

/** A configuration for the two backends, with `overrides` over it. */
export function systemConfig(ports: BackendPorts, overrides: object = {}): object {
  return {
    default_model: 'small',
    vllm_endpoints: [
      { name: 'small-1', address: '127.0.0.1', port: ports.small },
      { name: 'big-1', address: '127.0.0.1', port: ports.big },
    ],
    reasoning_families: { qwen: { type: 'chat_template_kwargs', parameter: 'enable_thinking' } },
    model_config: {
      small: {
        preferred_endpoints: ['small-1'],
        pricing: { prompt_per_1m: '0.1', completion_per_1m: '0.4' },
      },
      big: {
        preferred_endpoints: ['big-1'],
        reasoning_family: 'qwen',
        pricing: { prompt_per_1m: '2.5', completion_per_1m: '10' },
      },
    },
    keyword_rules: [{ name: 'math', operator: 'OR', keywords: ['integral', 'prove'] }],
    decisions: [
      {
        name: 'math_decision',
        priority: 10,
        rules: { operator: 'AND', conditions: [{ type: 'keyword', name: 'math' }] },
        modelRefs: [{ model: 'big', use_reasoning: true }],
      },
    ],
    ...overrides,
  };
}

export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const { parts, stop } = await startTogether((started) => startParts(options, started));
  return { ...parts, stop };
}

async function startParts(
  options: SystemOptions,
  started: (end: () => Promise<unknown>) => void,
): Promise<Omit<System, 'stop'>> {
  const backends = { small: await startModelServer(), big: await startModelServer() };
  started(() => backends.small.close());
  started(() => backends.big.close());
  const directory = await mkdtemp(join(tmpdir(), 'srm-system-'));
  // A change that the router was bringing to Envoy's files when it stopped is still written.
  const patient = { maxRetries: 10, retryDelay: 100 };
  started(() => rm(directory, { recursive: true, force: true, ...patient }));
  const configPath = join(directory, 'config.yaml');
  const ports = { small: backends.small.port, big: backends.big.port };
  const config = options.wholeConfig?.(ports) ?? systemConfig(ports, options.config);
  await writeFile(configPath, JSON.stringify(config));

  const [listenPort = 0, adminPort = 0, extProcPort = 0] = await freePorts(3);
  const host = '127.0.0.1';
  const envoyOptions: EnvoyOptions = {
    listen: { host, port: listenPort },
    admin: { host, port: adminPort },
    extProc: { host, port: extProcPort },
    directory,
    incomingIdentityHeaders: 'keep',
    accessLog: 'none',
    ...options.envoy,
  };
  const logged: (readonly [string, string, LogFields?])[] = [];
  const records: UsageRecord[] = [];
  const log = collectingLog(logged);
  const router = await startRouter({
    configPath,
    extProcAddress: `${host}:${extProcPort}`,
    metrics: { host, port: 0 },
    admin: { host, port: 0 },
    log,
    hashKey: 'test key',
    modelsDirectory: options.modelsDirectory,
    modelHost: options.modelHost,
    onRecord: (record) => {
      records.push(record);
    },
    envoy: createEnvoyFiles({
      envoy: envoyOptions,
      log,
    }),
  });
  started(() => router.stop({ graceMs: 0 }));
  const bootstrap: unknown = JSON.parse(
    await readFile(join(directory, fileNames.bootstrap), 'utf8'),
  );
  const envoy = await startEnvoy({
    bootstrap: withFiltersBefore(bootstrap, options.filtersBefore ?? []),
    adminPort,
  });
  started(() => envoy.stop());

  const metricsPage = async (): Promise<string> => {
    const reply = await fetch(`http://${host}:${router.ports.metrics}/metrics`);
    return reply.text();
  };
  return {
    url: `http://${host}:${listenPort}`,
    router,
    envoy,
    backends,
    records,
    logged,
    waitForRecords: async (count) => {
      const deadline = Date.now() + 20_000;
      while (records.length < count) {
        if (Date.now() > deadline) {
          throw new Error(`${records.length} of ${count} usage records came\n${envoy.log()}`);
        }
        await sleep(5);
      }
      return records.slice(0, count);
    },
    metricsPage,
    metric: async (series) => {
      const lines = (await metricsPage()).split('\n');
      const line = lines.find((candidate) => candidate.startsWith(`${series} `));
      return line === undefined ? 0 : Number(line.slice(series.length + 1));
    },
    writeConfig: async (config) => {
      const text = typeof config === 'string' ? config : JSON.stringify(config);
      await writeFile(`${configPath}.new`, text);
      await rename(`${configPath}.new`, configPath);
    },
  };
}

interface BootstrapShape {
  readonly static_resources: {
    readonly listeners: readonly {
      readonly filter_chains: readonly {
        readonly filters: readonly { readonly typed_config: { http_filters: object[] } }[];
      }[];
    }[];
  };
}

function withFiltersBefore(bootstrap: unknown, filters: readonly object[]): object {
  const shape = bootstrap as BootstrapShape;
  const manager = shape.static_resources.listeners[0]?.filter_chains[0]?.filters[0];
  // The first of ours strips what clients send; the router is somewhere behind it.
  manager?.typed_config.http_filters.splice(1, 0, ...filters);
  return shape;
}

function collectingLog(lines: (readonly [string, string, LogFields?])[]): Log {
  const at =
    (level: string) =>
    (message: string, fields?: LogFields): void => {
      lines.push(fields === undefined ? [level, message] : [level, message, fields]);
    };
  return {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    isEnabled: () => true,
  };
}
