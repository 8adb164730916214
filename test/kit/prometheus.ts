// The real promtool and Prometheus for tests: one process for each check, one for each test file.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

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
  stop(): Promise<void>;
}

/** Starts Prometheus with scrape jobs, `name` to `host:port`, each scraped every second. */
export async function startPrometheus(options: {
  readonly binary: string;
  readonly port: number;
  readonly jobs: Readonly<Record<string, string>>;
}): Promise<PrometheusProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'srm-prometheus-'));
  const file = join(directory, 'prometheus.json');
  // JSON is YAML enough for it.
  await writeFile(
    file,
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: Object.entries(options.jobs).map(([job, target]) => ({
        job_name: job,
        static_configs: [{ targets: [target] }],
      })),
    }),
  );
  const address = `127.0.0.1:${options.port}`;
  const child = spawn(
    options.binary,
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=warn',
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
  return { query: (expression) => query(address, expression), stop };
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
