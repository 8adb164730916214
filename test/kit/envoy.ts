// A real Envoy for tests: one process per test file, started from a bootstrap, ended by its pid.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { envoyPath } from '../../dataplane/local/tools/envoy.ts';

/** The Envoy that `npm run tools` prepared, or the one that `ENVOY_BIN` names. */
export function envoyBinary(): string {
  return envoyPath();
}

export interface EnvoyProcess {
  readonly pid: number;
  readonly adminPort: number;
  /** Everything that Envoy wrote, for a failing test's message. */
  log(): string;
  /** Counters and gauges whose names contain `filter`. */
  stats(filter: string): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

/**
 * Starts Envoy with a bootstrap (an object; its `admin.address` must be 127.0.0.1 with the port
 * given as `adminPort`) and waits until it is live.
 */
export async function startEnvoy(options: {
  readonly bootstrap: object;
  readonly adminPort: number;
  readonly concurrency?: number;
}): Promise<EnvoyProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'srm-envoy-'));
  const file = join(directory, 'bootstrap.json');
  await writeFile(file, JSON.stringify(options.bootstrap));
  const child = spawn(
    envoyBinary(),
    [
      ...['-c', file, '--concurrency', String(options.concurrency ?? 1)],
      ...['--log-level', 'warning', '--disable-hot-restart', '--drain-time-s', '1'],
      ...['--file-flush-interval-msec', '50'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  let spawnError: Error | undefined;
  child.on('error', (error) => {
    spawnError = error;
  });
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
    });
    child.once('error', () => {
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
    await rm(directory, { recursive: true, force: true });
  };

  const admin = `http://127.0.0.1:${options.adminPort}`;
  const deadline = Date.now() + 20_000;
  for (;;) {
    if (spawnError !== undefined || child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`Envoy did not start: ${spawnError?.message ?? ''}\n${output}`);
    }
    try {
      const ready = await fetch(`${admin}/ready`);
      await ready.text();
      if (ready.status === 200) break;
    } catch {
      // not listening yet
    }
    await sleep(50);
  }

  return {
    pid: child.pid ?? -1,
    adminPort: options.adminPort,
    log: () => output,
    stats: async (filter) => {
      const reply = await fetch(`${admin}/stats?filter=${encodeURIComponent(filter)}`);
      const lines = (await reply.text()).split('\n');
      return new Map(
        lines.flatMap((line) => {
          const [name, value] = line.split(': ');
          return name !== undefined && value !== undefined ? [[name, Number(value)] as const] : [];
        }),
      );
    },
    stop,
  };
}

/** What `envoy --mode validate` says against a bootstrap; undefined when it accepts it. */
export async function validateBootstrap(bootstrap: object): Promise<string | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'srm-envoy-'));
  const file = join(directory, 'bootstrap.json');
  await writeFile(file, JSON.stringify(bootstrap));
  const child = spawn(
    envoyBinary(),
    ['-c', file, '--mode', 'validate', '--log-level', 'warning', '--disable-hot-restart'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => rm(directory, { recursive: true, force: true }));
  return code === 0 ? undefined : output;
}
