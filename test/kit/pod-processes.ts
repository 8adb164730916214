// The containers of one of our pods as processes on this machine: the init step, Envoy, the router,
// with a configuration that is swapped as a ConfigMap is, and ended as the kubelet ends a pod.
import { spawn, type ChildProcess } from 'node:child_process';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { envoyBinary } from './envoy.ts';
import { freePorts } from './ports.ts';

const host = '127.0.0.1';
const cli = fileURLToPath(new URL('../../cli.ts', import.meta.url));

export interface Container {
  readonly child: ChildProcess;
  output(): string;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly exited: Promise<number | string | null>;
}

export interface PodProcesses {
  readonly url: string;
  readonly envoyPort: number;
  readonly adminUrl: string;
  readonly metricsPort: number;
  /** The folder that the init step and the router are told to use for Envoy. */
  readonly envoyDirectory: string;
  /** Swaps the whole folder of the configuration, as the kubelet does. */
  setConfig(config: object): Promise<void>;
  /** Runs the init step to its end. */
  init(): Promise<{ readonly code: number | string | null; readonly output: string }>;
  startEnvoy(): Container;
  startRouter(...more: readonly string[]): Container;
  /** The records in the ledger's files. */
  ledger(): Promise<readonly Record<string, unknown>[]>;
  /** The status of the router's `/readyz`, and what it says. */
  readyz(): Promise<{ readonly status: number; readonly body: unknown } | undefined>;
  stop(): Promise<void>;
}

export async function preparePod(config: object): Promise<PodProcesses> {
  const directory = await mkdtemp(join(tmpdir(), 'srm-pod-'));
  const envoyDirectory = join(directory, 'run');
  const ledgerDirectory = join(directory, 'ledger', 'pod-0');
  const configPath = join(directory, 'config', 'config.yaml');
  const [envoyPort = 0, metricsPort = 0, adminPort = 0] = await freePorts(3);
  const adminUrl = `http://${host}:${adminPort}`;
  const setConfig = createConfigFolder(join(directory, 'config'));
  await setConfig(config);
  const envoyFlags = [
    ...['--config', configPath, '--envoy-directory', envoyDirectory],
    ...['--envoy-listen', `${host}:${envoyPort}`, '--identity-headers', 'keep'],
    ...['--access-log', 'none'],
  ];
  const containers: Container[] = [];
  const start = (command: string, args: readonly string[]): Container => {
    const container = startContainer(command, args);
    containers.push(container);
    return container;
  };
  return {
    url: `http://${host}:${envoyPort}`,
    envoyPort,
    adminUrl,
    metricsPort,
    envoyDirectory,
    setConfig,
    init: async () => {
      const container = start(process.execPath, [cli, 'envoy-files', ...envoyFlags]);
      return { code: await container.exited, output: container.output() };
    },
    startEnvoy: () =>
      start(envoyBinary(), [
        ...['-c', join(envoyDirectory, 'bootstrap.json'), '--concurrency', '1'],
        ...['--log-level', 'warning', '--disable-hot-restart'],
      ]),
    startRouter: (...more) =>
      start(process.execPath, [
        ...[cli, 'router', ...envoyFlags, '--ledger-directory', ledgerDirectory],
        ...['--metrics', `${host}:${metricsPort}`, '--admin', `${host}:${adminPort}`],
        ...['--drain-delay', '0.2', ...more],
      ]),
    ledger: () => readLedger(ledgerDirectory),
    readyz: async () => {
      try {
        const reply = await fetch(`${adminUrl}/readyz`);
        return { status: reply.status, body: await reply.json() };
      } catch {
        return undefined;
      }
    },
    stop: async () => {
      for (const { child, exited } of containers) {
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
        await exited;
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function startContainer(command: string, args: readonly string[]): Container {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const exited = new Promise<number | string | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve(code ?? signal);
    });
  });
  return { child, output: () => output, exited };
}

/** `config.yaml -> ..data/config.yaml`, and `..data -> ..1`, `..2`, …: one rename changes it. */
function createConfigFolder(folder: string): (config: object) => Promise<void> {
  let version = 0;
  return async (config) => {
    const name = `..${++version}`;
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'config.yaml'), JSON.stringify(config));
    await symlink(name, join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    if (version === 1) await symlink('..data/config.yaml', join(folder, 'config.yaml'));
    else await rm(join(folder, `..${version - 1}`), { recursive: true });
  };
}

/** The records in the files of a ledger. */
export async function readLedger(folder: string): Promise<readonly Record<string, unknown>[]> {
  const names = (await readdir(folder)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
