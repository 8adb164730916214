// Runs the plan: one window after the other, never two at once.
import { join } from 'node:path';
import { chatBody, variants } from './chat-body.ts';
import type { Contestant } from './contestants.ts';
import { runLoad } from './load.ts';
import type { LoadOptions, LoadReport } from './load.ts';
import { toMeasurement } from './measurement.ts';
import type { BenchResults, Measurement, MemoryCurve, MeteringCheck } from './measurement.ts';
import { cellId, workloadsOf } from './plan.ts';
import type { Cell, ContestantName, MemoryPart, PairedPart, Part, RotatedPart } from './plan.ts';
import { writeFile } from 'node:fs/promises';

const memorySamples = 50;

export interface RunnerOptions {
  readonly contestants: ReadonlyMap<ContestantName, Contestant>;
  readonly loadProgram: string;
  /** Temporary folder of this run. */
  readonly directory: string;
  readonly rounds: number;
  readonly seconds: number;
  /** Takes progress, a line at a time. */
  readonly say: (text: string) => void;
}

/** Measures every part of the plan. Failed requests are counted in the results; nothing else may fail. */
export async function runPlan(
  plan: readonly Part[],
  options: RunnerOptions,
): Promise<BenchResults> {
  const bench = new Bench(options);
  await bench.writeBodies(plan);
  await bench.warmUp(plan);
  const runs: Measurement[] = [];
  const memory: MemoryCurve[] = [];
  for (const part of plan) {
    if (part.kind === 'rotated') runs.push(...(await bench.rotate(part)));
    else if (part.kind === 'paired') runs.push(...(await bench.pair(part)));
    else memory.push(...(await bench.watchMemory(part)));
  }
  return { runs, memory, metering: await bench.checkMetering() };
}

class Bench {
  private readonly options: RunnerOptions;
  /** Everything ever sent to a contestant, the warm-up included. */
  private readonly sent = new Map<ContestantName, number>();

  constructor(options: RunnerOptions) {
    this.options = options;
  }

  async writeBodies(plan: readonly Part[]): Promise<void> {
    for (const workload of workloadsOf(plan)) {
      for (const [variant, file] of this.bodiesOf(workload.id).entries()) {
        const stream = workload.chunks > 0;
        await writeFile(file, chatBody({ bytes: workload.requestBytes, stream, variant }));
      }
    }
  }

  /** Each workload once, so that code is compiled and pools are full; a failure here ends the run. */
  async warmUp(plan: readonly Part[]): Promise<void> {
    for (const contestant of this.options.contestants.values()) {
      // Streams with gaps add nothing but waiting.
      for (const workload of workloadsOf(plan).filter((each) => each.gapMs === 0)) {
        const cell = { workload, concurrency: 8 };
        const report = await this.load(contestant, cell, { seconds: this.options.seconds });
        if (report.failures > 0) {
          throw new Error(
            `${contestant.name}: ${report.failures} of ${report.sent} requests failed in the warm-up ` +
              `(${workload.id}): ${report.failure}\n${contestant.log()}`,
          );
        }
      }
    }
  }

  async rotate(part: RotatedPart): Promise<Measurement[]> {
    const runs: Measurement[] = [];
    for (let round = 0; round < this.options.rounds; round += 1) {
      for (const [index, cell] of part.cells.entries()) {
        for (const contestant of rotated(part.contestants, round + index)) {
          runs.push(await this.measure(part, cell, contestant, round));
        }
      }
    }
    return runs;
  }

  async pair(part: PairedPart): Promise<Measurement[]> {
    const runs: Measurement[] = [];
    for (const cell of part.cells) {
      for (let round = 0; round < Math.max(1, this.options.rounds * 2); round += 1) {
        const [first, second] =
          round % 2 === 0 ? [part.base, part.variant] : [part.variant, part.base];
        for (const contestant of [first, second, second, first]) {
          runs.push(await this.measure(part, cell, contestant, round));
        }
      }
    }
    return runs;
  }

  async watchMemory(part: MemoryPart): Promise<MemoryCurve[]> {
    const curves: MemoryCurve[] = [];
    for (const name of part.contestants) {
      const rssEvery = part.requests / memorySamples;
      const report = await this.load(this.contestant(name), part.cell, {
        requests: part.requests,
        rssEvery,
      });
      this.options.say(`memory: ${name}, ${report.sent} requests, ${report.failures} failed`);
      curves.push({
        contestant: name,
        requests: report.sent,
        failures: report.failures,
        samples: (report.samples ?? []).map((sample) => ({
          requests: sample.requests,
          rssBytes: sample.rss['server'] ?? 0,
        })),
      });
    }
    return curves;
  }

  /** Every request that a router in MaaS mode got must be in its counters. */
  async checkMetering(): Promise<MeteringCheck[]> {
    const checks: MeteringCheck[] = [];
    for (const contestant of this.options.contestants.values()) {
      if (contestant.metricsPort === undefined) continue;
      checks.push({
        contestant: contestant.name,
        sent: this.sent.get(contestant.name) ?? 0,
        counted: await countedRequests(contestant.metricsPort),
      });
    }
    return checks;
  }

  private async measure(
    part: Part,
    cell: Cell,
    name: ContestantName,
    round: number,
  ): Promise<Measurement> {
    const contestant = this.contestant(name);
    const before = await contestant.messages();
    const report = await this.load(contestant, cell, { seconds: this.options.seconds });
    const messages = (await contestant.messages()) - before;
    const measured = toMeasurement({ part: part.name, cell, contestant, round, messages }, report);
    const failed =
      measured.failures > 0 ? `, ${measured.failures} FAILED: ${measured.failure}` : '';
    const rate = Math.round(measured.requests / measured.seconds);
    this.options.say(
      `${part.name} round ${round + 1}: ${cellId(cell)} ${name}: ${rate} requests/s${failed}`,
    );
    return measured;
  }

  private async load(
    contestant: Contestant,
    cell: Cell,
    until: LoadOptions['until'],
  ): Promise<LoadReport> {
    const report = await runLoad({
      program: this.options.loadProgram,
      port: contestant.port,
      bodies: this.bodiesOf(cell.workload.id),
      ...cell,
      // A window of streams with gaps begins when every connection has come to its first one.
      warmupSeconds: 0.5 + (cell.workload.gapMs * cell.workload.chunks) / 1000,
      until,
      watch: contestant.watch,
    });
    this.sent.set(contestant.name, (this.sent.get(contestant.name) ?? 0) + report.sent);
    return report;
  }

  private bodiesOf(workload: string): string[] {
    return Array.from({ length: variants }, (_, variant) =>
      join(this.options.directory, `${workload}-${variant}.json`),
    );
  }

  private contestant(name: ContestantName): Contestant {
    const found = this.options.contestants.get(name);
    if (found === undefined) throw new Error(`contestant ${name} was not started`);
    return found;
  }
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

async function countedRequests(port: number): Promise<number | undefined> {
  const reply = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
  if (reply?.status !== 200) return undefined;
  const lines = (await reply.text()).split('\n');
  return lines
    .filter((line) => line.startsWith('semantic_router_requests_total{'))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
