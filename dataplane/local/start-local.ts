// Everything that `npm start` runs, in the order in which each part needs the one before: Envoy's
// binary, a simulated model, models for signals, the gate, the router, Envoy. Ended in the opposite
// order.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { billingMode } from '../../config/mode.ts';
import type { EnvoyOptions } from '../../config/envoy/options.ts';
import { fileNames } from '../../config/envoy/resource-names.ts';
import { formatProblem, parseConfig } from '../../config/parse.ts';
import type { RouterConfig } from '../../config/schema/index.ts';
import type { LogOutput } from '../adapters/log/create-log.ts';
import { startRouter } from '../main.ts';
import { createRequestLog } from '../metering/request-log.ts';
import { createEnvoyFiles } from '../runtime/envoy.ts';
import { startTogether } from '../runtime/start-together.ts';
import type { BannerFacts } from './banner.ts';
import { bringModels } from './bring-models.ts';
import { checkPortIsFree, isReachable, unusedPort } from './check-port.ts';
import { startEnvoyProcess } from './envoy-process.ts';
import { startGate } from './gate.ts';
import { pointAtBackend, pointAtSimulation, readBackend } from './local-endpoints.ts';
import { startSimulatedModel } from './simulated-model.ts';
import { ensureEnvoy } from './tools/envoy.ts';

const host = '127.0.0.1';

export interface LocalOptions {
  readonly configPath: string;
  /** A real server for every endpoint; simulated where nothing answers when left out. */
  readonly backendUrl: string | undefined;
  readonly ports: BannerFacts['ports'];
  readonly output: LogOutput;
  readonly hashKey: string | undefined;
  /** A folder of models that is taken as it is; the default ones are brought when left out. */
  readonly modelsDirectory: string | undefined;
  /** Shows progress to the user. */
  readonly say: (line: string) => void;
}

export interface Local extends BannerFacts {
  /** Resolves with a sentence when a part ends by itself. */
  readonly failed: Promise<string>;
  stop(): Promise<void>;
}

/** Starts all parts; on failure it ends those that run and rejects with a sentence for the user. */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const { parts, stop } = await startTogether((started) => startParts(options, started));
  return { ...parts, stop };
}

async function startParts(
  { configPath, backendUrl, ports, output, hashKey, modelsDirectory, say }: LocalOptions,
  started: (end: () => Promise<unknown>) => void,
): Promise<Omit<Local, 'stop'>> {
  const { log } = output;
  await checkPorts(ports);
  const binary = await ensureEnvoy(say);
  const simulation = await startSimulatedModel({ host });
  started(() => simulation.close());
  let simulated: readonly string[] = [];
  const adjust = async (config: RouterConfig): Promise<RouterConfig> => {
    if (backendUrl !== undefined) return pointAtBackend(config, readBackend(backendUrl));
    const pointed = await pointAtSimulation({
      config,
      simulation: { host, port: simulation.port },
      isReachable: (address, port) => isReachable(address, port, 500),
    });
    simulated = pointed.simulated;
    return pointed.config;
  };

  const first = parseConfig(await readFile(configPath), configPath);
  if (!first.ok) throw new Error(first.problems.map(formatProblem).join('\n'));
  const models = modelsDirectory ?? (await bringModels(say));
  const mode = billingMode(first.config);
  const { user_header: userHeader, tier_header: tierHeader } =
    first.config.maas_integration.authentication;
  const gate =
    mode === 'standalone' ? undefined : await startGate({ host, userHeader, tierHeader });
  if (gate !== undefined) started(() => gate.close());

  const directory = await mkdtemp(join(tmpdir(), 'semantic-router-maas-'));
  started(() => rm(directory, { recursive: true, force: true }));
  const adminPort = await unusedPort(host);
  const adminUrl = `http://${host}:${adminPort}`;
  const envoyOptions: EnvoyOptions = {
    listen: { host, port: ports.envoy },
    admin: { host, port: adminPort },
    extProc: { host, port: ports.extProc },
    directory,
    accessLog: 'none',
    ...(gate === undefined ? {} : { authz: { host, port: gate.port } }),
  };
  const router = await startRouter({
    configPath,
    extProcAddress: `${host}:${ports.extProc}`,
    metrics: { host, port: ports.metrics },
    admin: { host, port: ports.admin },
    log,
    droppedLogLines: output.dropped,
    hashKey,
    modelsDirectory: models,
    onRecord: createRequestLog(output.writeInfo, log.isEnabled('info')),
    adjust,
    envoy: createEnvoyFiles({ envoy: envoyOptions, log }),
  });
  const envoy = await startEnvoyProcess({
    binary,
    bootstrapFile: join(directory, fileNames.bootstrap),
    adminUrl,
    concurrency: 2,
    onLine: (line) => {
      log.warn('envoy', { line });
    },
    startTimeoutMs: 30_000,
  }).catch(async (error: unknown) => {
    await router.stop({ graceMs: 0 });
    throw error;
  });
  // Envoy goes first: what still runs through it is cut either way when a person says stop.
  started(() => router.stop({ graceMs: 1000 }));
  started(() => envoy.stop(3000));
  return {
    configPath,
    mode,
    ports,
    demoKeys: gate?.demoKeys ?? [],
    simulated,
    failed: envoy.failed,
  };
}

async function checkPorts(ports: BannerFacts['ports']): Promise<void> {
  const wanted = [
    { port: ports.envoy, wantedBy: 'Envoy', flag: '--port' },
    { port: ports.extProc, wantedBy: 'the ext_proc server', flag: '--ext-proc-port' },
    { port: ports.metrics, wantedBy: 'the metrics server', flag: '--metrics-port' },
    { port: ports.admin, wantedBy: 'the admin server', flag: '--admin-port' },
  ];
  for (const one of wanted) await checkPortIsFree({ host, ...one });
}
