// Starts the contestants: for each an Envoy of its own and, but for the first, an ext_proc server.
// How a server is started is said here and nowhere else.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDockerfile } from '../kit/dockerfile.ts';
import { startEnvoy } from '../kit/envoy.ts';
import { freePorts } from '../kit/ports.ts';
import { buildBootstrap } from './envoy-bootstrap.ts';
import type { GoPrograms } from './go-programs.ts';
import { contestantLabels } from './plan.ts';
import type { ContestantName } from './plan.ts';
import { buildRouterConfig, models } from './router-config.ts';
import type { RouterConfigOptions } from './router-config.ts';
import { startServer } from './server-process.ts';

const repository = join(import.meta.dirname, '..', '..');

export interface Contestant {
  readonly name: ContestantName;
  /** Envoy's listener, where the load goes. */
  readonly port: number;
  /** Process ids: `envoy`, and `server` unless this is Envoy alone. */
  readonly watch: Readonly<Record<string, number>>;
  /** Where the usage counters are served; undefined for what is no router in MaaS mode. */
  readonly metricsPort: number | undefined;
  /** How many ext_proc messages its Envoy has sent so far. */
  messages(): Promise<number>;
  /** What its server wrote last. */
  log(): string;
}

export interface ContestantContext {
  readonly go: GoPrograms;
  readonly backendPort: number;
  /** Temporary folder of this run. */
  readonly directory: string;
  readonly gracefulClose: boolean;
  /** Ends what is started, in reverse order. */
  readonly cleanup: AsyncDisposableStack;
}

interface Ports {
  readonly extProc: number;
  readonly metrics: number;
  readonly admin: number;
}

interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/** Starts one contestant; everything that it needs is running when this resolves. */
export async function startContestant(
  name: ContestantName,
  context: ContestantContext,
): Promise<Contestant> {
  const [listenPort = 0, envoyAdmin = 0, extProc = 0, metrics = 0, admin = 0] = await freePorts(5);
  const command = await serverCommand(name, { extProc, metrics, admin }, context);
  const server =
    command === undefined
      ? undefined
      : await startServer({ name: contestantLabels[name], ...command, port: extProc });
  if (server !== undefined) context.cleanup.defer(() => server.stop());
  const bootstrap = buildBootstrap({
    listenPort,
    adminPort: envoyAdmin,
    backendPort: context.backendPort,
    extProcPort: server === undefined ? undefined : extProc,
    models,
    gracefulClose: context.gracefulClose,
  });
  const envoy = await startEnvoy({ bootstrap, adminPort: envoyAdmin, concurrency: 1 });
  context.cleanup.defer(() => envoy.stop());
  return {
    name,
    port: listenPort,
    watch: { envoy: envoy.pid, ...(server === undefined ? {} : { server: server.pid }) },
    metricsPort: routers[name]?.maas === true ? metrics : undefined,
    messages: async () => {
      const counters = await envoy.stats('ext_proc.stream_msgs_sent');
      return [...counters.values()].reduce((sum, value) => sum + value, 0);
    },
    log: () => `${server?.log() ?? ''}${envoy.log()}`,
  };
}

/** The contestants that are this project's router, and what their configurations differ in. */
const routers: Partial<Record<ContestantName, Pick<RouterConfigOptions, 'maas' | 'rules'>>> = {
  maas: { maas: true, rules: 20 },
  standalone: { maas: false, rules: 20 },
  'maas-200-rules': { maas: true, rules: 200 },
};

async function serverCommand(
  name: ContestantName,
  ports: Ports,
  context: ContestantContext,
): Promise<Command | undefined> {
  const listen = `127.0.0.1:${ports.extProc}`;
  if (name === 'envoy') return undefined;
  if (name === 'go') return { command: context.go.noop, args: [`-listen=${listen}`] };
  if (name === 'noop' || name === 'noop-body') {
    const file = fileURLToPath(import.meta.resolve('./noop-server.ts'));
    const more = name === 'noop-body' ? ['--return-body'] : [];
    return nodeCommand(file, '--listen', listen, ...more);
  }
  const directory = join(context.directory, name);
  const ledgerDirectory = join(directory, 'ledger');
  await mkdir(ledgerDirectory, { recursive: true });
  const file = join(directory, 'config.yaml');
  const config = buildRouterConfig({
    ...(routers[name] ?? { maas: true, rules: 20 }),
    backendPort: context.backendPort,
    ledgerDirectory,
  });
  await writeFile(file, JSON.stringify(config, undefined, 2));
  return routerCommand(file, ports);
}

/** Starts the router with a configuration, as the image would. */
export async function routerCommand(config: string, ports: Ports): Promise<Command> {
  return nodeCommand(
    join(repository, 'cli.ts'),
    'router',
    ...['--config', config, '--ext-proc', `127.0.0.1:${ports.extProc}`, '--drain-delay', '0'],
    ...['--metrics', `127.0.0.1:${ports.metrics}`, '--admin', `127.0.0.1:${ports.admin}`],
  );
}

/**
 * The Node that runs the benchmark, which npm scripts take from the project's own dependencies, with
 * the options that the image gives it.
 */
async function nodeCommand(...args: readonly string[]): Promise<Command> {
  const dockerfile = parseDockerfile(await readFile(join(repository, 'Dockerfile'), 'utf8'));
  const options = dockerfile.flatMap(({ keyword, text }) =>
    keyword === 'ENV' && text.startsWith(optionsVariable)
      ? text.slice(optionsVariable.length).split(' ')
      : [],
  );
  return { command: process.execPath, args: [...options, ...args] };
}

const optionsVariable = 'NODE_OPTIONS=';
