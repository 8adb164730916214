// The real promtool and Prometheus for tests: one process for each check, one for each test file.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** What `promtool check metrics` says of a page; both are as they should be when 0 and empty. */
export function checkMetrics(
  promtool: string,
  page: string,
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(promtool, ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (exitCode) => {
      resolve({ exitCode, output });
    });
    child.stdin.end(page);
  });
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusProcess {
  /** An instant query; the samples of its vector. */
  query(expression: string): Promise<readonly Sample[]>;
  /** Gives it another configuration; rejects with what it says of one that it does not take. */
  configure(config: object): Promise<void>;
  stop(): Promise<void>;
}

/** A configuration with scrape jobs, `name` to `host:port`, each scraped every second. */
export function staticJobs(jobs: Readonly<Record<string, string>>): object {
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: Object.entries(jobs).map(([job, target]) => ({
      job_name: job,
      static_configs: [{ targets: [target] }],
    })),
  };
}

/** Starts Prometheus with a configuration. */
export async function startPrometheus(options: {
  readonly binary: string;
  readonly port: number;
  readonly config: object;
}): Promise<PrometheusProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'srm-prometheus-'));
  const file = join(directory, 'prometheus.json');
  // JSON is YAML enough for it.
  const write = (config: object): Promise<void> => writeFile(file, JSON.stringify(config));
  await write(options.config);
  const address = `127.0.0.1:${options.port}`;
  const child = spawn(
    options.binary,
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=warn',
      '--web.enable-lifecycle',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
    });
    child.once('error', (error) => {
      output += error.message;
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
    await rm(directory, { recursive: true, force: true });
  };
  const deadline = Date.now() + 30_000;
  while (!(await isReady(address))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`Prometheus did not start:\n${output}`);
    }
    await sleep(100);
  }
  const configure = async (config: object): Promise<void> => {
    await write(config);
    const reply = await fetch(`http://${address}/-/reload`, { method: 'POST' });
    const said = await reply.text();
    if (!reply.ok) throw new Error(`Prometheus does not take this: ${said}\n${output}`);
  };
  return { query: (expression) => query(address, expression), configure, stop };
}

async function isReady(address: string): Promise<boolean> {
  try {
    return (await fetch(`http://${address}/-/ready`)).ok;
  } catch {
    return false;
  }
}

async function query(address: string, expression: string): Promise<readonly Sample[]> {
  const reply = await fetch(
    `http://${address}/api/v1/query?query=${encodeURIComponent(expression)}`,
  );
  const { data } = (await reply.json()) as {
    readonly data: {
      readonly result: readonly {
        readonly metric: Readonly<Record<string, string>>;
        readonly value: readonly [number, string];
      }[];
    };
  };
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** The version of a Prometheus, such as `2.42.0`. */
export async function prometheusVersion(binary: string): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(binary, ['--version']);
  return /version (\d+\.\d+\.\d+)/.exec(stdout + stderr)?.[1] ?? '';
}
