// Runs the load generator once and reads what it printed.
import { spawn } from 'node:child_process';
import { z } from 'zod';
import type { Workload } from './plan.ts';

const loadReportSchema = z.object({
  /** All requests, those of the warm-up and those that ended after the window included. */
  sent: z.number(),
  /** How many of all failed; there must be none. */
  failures: z.number(),
  /** What was wrong with the first of them. */
  failure: z.string(),
  /** Requests that ended well inside the window. */
  requests: z.number(),
  /** Stream events that arrived inside the window. */
  events: z.number(),
  /** Length of the window. */
  seconds: z.number(),
  /** User and system time of each watched process inside the window. */
  cpuSeconds: z.record(z.string(), z.number()),
  p50Ms: z.number(),
  p99Ms: z.number(),
  firstByteP50Ms: z.number(),
  firstByteP99Ms: z.number(),
  /** Resident memory in bytes after so many requests. */
  samples: z
    .array(z.object({ requests: z.number(), rss: z.record(z.string(), z.number()) }))
    .nullable(),
});

export type LoadReport = z.output<typeof loadReportSchema>;

export interface LoadOptions {
  readonly program: string;
  readonly port: number;
  readonly bodies: readonly string[];
  readonly workload: Pick<Workload, 'chunks' | 'gapMs'>;
  readonly concurrency: number;
  readonly warmupSeconds: number;
  /** How long to measure, or how many requests to send. */
  readonly until:
    { readonly seconds: number } | { readonly requests: number; readonly rssEvery: number };
  /** Process ids by the name that `cpuSeconds` and `samples` use. */
  readonly watch: Readonly<Record<string, number>>;
}

const callers = 100;

/** One measured window of a closed loop. Throws when the generator itself fails. */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const { workload, until } = options;
  const args = [
    `-target=127.0.0.1:${options.port}`,
    ...options.bodies.map((file) => `-body=${file}`),
    `-users=${callers}`,
    `-concurrency=${options.concurrency}`,
    `-warmup=${options.warmupSeconds}s`,
    ...(workload.chunks > 0 ? [`-chunks=${workload.chunks}`, `-gap=${workload.gapMs}ms`] : []),
    ...('seconds' in until
      ? [`-duration=${until.seconds}s`]
      : [`-requests=${until.requests}`, `-rss-every=${until.rssEvery}`]),
    ...Object.entries(options.watch).map(([name, pid]) => `-watch=${name}=${pid}`),
  ];
  return loadReportSchema.parse(JSON.parse(await output(options.program, args)));
}

function output(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`the load generator ended with ${code ?? 'a signal'}: ${stderr}`));
    });
  });
}
