// One router behind an Envoy of its own, and what it tells about itself.
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEnvoy } from '../../kit/envoy.ts';
import { freePorts } from '../../kit/ports.ts';
import { routerCommand } from '../contestants.ts';
import { buildBootstrap } from '../envoy-bootstrap.ts';
import { rssBytes } from '../operator/process-figures.ts';
import { models } from '../router-config.ts';
import { startServer } from '../server-process.ts';
import { readRoutingMs } from './samples.ts';
import { buildSignalsConfig, type SignalSetup } from './signals-config.ts';

export interface DeploymentOptions {
  readonly name: string;
  readonly setup: SignalSetup;
  /** Folder of the models; undefined: the router goes without. */
  readonly modelsDirectory: string | undefined;
  readonly backendPort: number;
  /** Temporary folder of this run. */
  readonly directory: string;
  /** Put before the router's command. */
  readonly prefix: readonly string[];
  readonly cleanup: AsyncDisposableStack;
}

export interface Deployment {
  readonly name: string;
  /** Envoy's listener. */
  readonly port: number;
  readonly watch: Readonly<Record<string, number>>;
  /** Takes the records that were written since it was last called: time to the routing decision. */
  takeRoutingMs(): Promise<readonly number[]>;
  /** The page of metrics. Reading it begins the event loop's figures anew. */
  metrics(): Promise<string>;
  rssBytes(): Promise<number>;
}

const modelsWithinMs = 60_000;
/** The ledger writes every 0.2 s. */
const ledgerWithinMs = 600;

/** Resolves when everything is up, with the models loaded where there are any. */
export async function startDeployment(options: DeploymentOptions): Promise<Deployment> {
  const { name, setup, backendPort, cleanup } = options;
  const [port = 0, envoyAdmin = 0, extProc = 0, metrics = 0, admin = 0] = await freePorts(5);
  const directory = join(options.directory, name);
  const ledgerDirectory = join(directory, 'ledger');
  await mkdir(ledgerDirectory, { recursive: true });
  const file = join(directory, 'config.yaml');
  const config = buildSignalsConfig({ setup, backendPort, ledgerDirectory });
  await writeFile(file, JSON.stringify(config, undefined, 2));
  const own = await routerCommand(file, { extProc, metrics, admin });
  const folder = options.modelsDirectory ?? join(directory, 'no-models');
  const [command = '', ...args] = [...options.prefix, own.command, ...own.args, '--models', folder];
  const server = await startServer({ name, command, args, port: extProc });
  cleanup.defer(() => server.stop());
  const envoy = await startEnvoy({
    bootstrap: buildBootstrap({
      listenPort: port,
      adminPort: envoyAdmin,
      backendPort,
      extProcPort: extProc,
      models,
      gracefulClose: false,
    }),
    adminPort: envoyAdmin,
    concurrency: 1,
  });
  cleanup.defer(() => envoy.stop());
  const readMetrics = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
  if (options.modelsDirectory !== undefined && setup !== 'none') await untilReady(readMetrics);
  let taken = 0;
  return {
    name,
    port,
    watch: { envoy: envoy.pid, server: server.pid },
    takeRoutingMs: async () => {
      await sleep(ledgerWithinMs);
      const all = readRoutingMs(await readLedger(ledgerDirectory));
      const fresh = all.slice(taken);
      taken = all.length;
      return fresh;
    },
    metrics: readMetrics,
    rssBytes: () => rssBytes(server.pid),
  };
}

async function untilReady(readMetrics: () => Promise<string>): Promise<void> {
  const deadline = Date.now() + modelsWithinMs;
  for (;;) {
    const states = [...(await readMetrics()).matchAll(/^signal_model_ready\{.*\} (\d)$/gm)];
    if (states.length > 1 && states.every(([, state]) => state === '1')) return;
    if (Date.now() > deadline) throw new Error('the models were not ready in time');
    await sleep(200);
  }
}

async function readLedger(directory: string): Promise<string> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).toSorted();
  const texts = await Promise.all(files.map((name) => readFile(join(directory, name), 'utf8')));
  return texts.join('');
}
