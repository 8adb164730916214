// What signals cost: requests one after the other with all signals, with none, and from the cache, and
// what a model that computes does to requests that need none. Rounds, each window once in each.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureModels } from '../../../dataplane/local/tools/models/ensure-models.ts';
import { startBackend } from '../backend.ts';
import { buildGoPrograms } from '../go-programs.ts';
import { runLoad, type LoadOptions, type LoadReport } from '../load.ts';
import { models } from '../router-config.ts';
import { spreadOf } from '../summary.ts';
import { startDeployment, type Deployment } from './deployment.ts';
import {
  windowNames,
  type OthersWindow,
  type SignalsResults,
  type SignalsRound,
  type Window,
  type WindowName,
} from './measurement.ts';
import { pinOthers } from './pinning.ts';
import { longPrompt, promptBody, shortPrompt } from './prompts.ts';
import { readLoopDelay } from './samples.ts';

export interface SignalsOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly quick: boolean;
  readonly say: (text: string) => void;
}

const whole = { requests: 200, warmup: 600 };
const quick = { requests: 100, warmup: 100 };
/** As many as callers: each caller repeats one, which the cache then knows. */
const repeatedBodies = 100;
const longBodies = 40;
const busyConnections = 2;
/** The models are at work before the window begins, and after it ends. */
const busyLeadMs = 500;

export async function runSignalsPart(options: SignalsOptions): Promise<SignalsResults> {
  await using cleanup = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'srm-bench-signals-'));
  cleanup.defer(() => rm(directory, { recursive: true, force: true }));
  const modelsDirectory = await ensureModels(options.say);
  const go = await buildGoPrograms(options.say);
  const pinning = await pinOthers(cleanup);
  const backendPort = await startBackend(go, cleanup);
  const common = { backendPort, directory, cleanup };
  const start = async (
    name: WindowName,
    setup: 'none' | 'cache' | 'all',
    withModels: boolean,
  ): Promise<Deployment> =>
    startDeployment({
      ...common,
      prefix: name === 'spread' ? pinning.everyCoreCommand : pinning.routerCommand,
      name,
      setup,
      modelsDirectory: withModels ? modelsDirectory : undefined,
    });
  const deployments: Record<WindowName, Deployment> = {
    none: await start('none', 'none', false),
    words: await start('words', 'all', false),
    models: await start('models', 'all', true),
    spread: await start('spread', 'all', true),
    hits: await start('hits', 'cache', true),
  };
  const bench = new SignalsBench({ ...options, deployments, directory, loadProgram: go.load });
  return { ...(await bench.run()), pinning: pinning.sentence };
}

interface Setting extends SignalsOptions {
  readonly deployments: Readonly<Record<WindowName, Deployment>>;
  readonly directory: string;
  readonly loadProgram: string;
}

class SignalsBench {
  readonly #setting: Setting;
  #nextPrompt = 0;
  #failures = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  async run(): Promise<Omit<SignalsResults, 'pinning'>> {
    const { quick: isQuick, rounds: count, seconds, say } = this.#setting;
    const sizes = isQuick ? quick : whole;
    const long = await this.#write('long', longBodies, (index) =>
      promptBody('auto', longPrompt(index)),
    );
    const pinned = await this.#write('pinned', repeatedBodies, (index) =>
      promptBody(models[0], shortPrompt(index)),
    );
    const repeated = await this.#write('repeated', repeatedBodies, (index) =>
      promptBody('auto', shortPrompt(index)),
    );
    say('signals: warming up');
    const fresh = await this.#fresh(sizes.warmup);
    for (const name of windowNames) {
      const bodies = name === 'hits' ? repeated : fresh;
      await this.#inSequence(name, { bodies, requests: sizes.warmup });
    }
    await this.#others({ concurrency: 16, busy: false, pinned, long });
    const rounds: SignalsRound[] = [];
    for (let round = 0; round < count; round++) {
      const bodies = await this.#fresh(sizes.requests);
      const windows: Window[] = [];
      for (const name of turned(windowNames, round)) {
        const own = name === 'hits' ? repeated : bodies;
        windows.push(await this.#inSequence(name, { bodies: own, requests: sizes.requests }));
      }
      const others: OthersWindow[] = [];
      for (const concurrency of [1, 16]) {
        for (const busy of round % 2 === 0 ? [false, true] : [true, false]) {
          others.push(await this.#others({ concurrency, busy, pinned, long }));
        }
      }
      const rssBytes = await this.#setting.deployments.models.rssBytes();
      rounds.push({ windows, others, rssBytes });
    }
    return { rounds, requests: sizes.requests, seconds, failures: this.#failures };
  }

  /** One request after the other, each body once with the same caller. */
  async #inSequence(
    name: WindowName,
    { bodies, requests }: { readonly bodies: readonly string[]; readonly requests: number },
  ): Promise<Window> {
    const deployment = this.#setting.deployments[name];
    await deployment.takeRoutingMs();
    const report = await this.#load(deployment, {
      bodies,
      concurrency: 1,
      warmupSeconds: 0,
      until: { requests, rssEvery: requests },
    });
    const routing = spreadOf(await deployment.takeRoutingMs());
    const window = {
      name,
      requests: report.requests,
      failures: report.failures,
      p50Ms: report.p50Ms,
      p99Ms: report.p99Ms,
      routingMs: routing?.median ?? NaN,
      cpuMs: ((report.cpuSeconds['server'] ?? NaN) / report.requests) * 1000,
    };
    this.#setting.say(
      `signals: ${name}: p50 ${window.p50Ms.toFixed(2)} ms, in the router ${window.routingMs.toFixed(2)} ms, CPU ${window.cpuMs.toFixed(2)} ms`,
    );
    return window;
  }

  async #others(options: {
    readonly concurrency: number;
    readonly busy: boolean;
    readonly pinned: readonly string[];
    readonly long: readonly string[];
  }): Promise<OthersWindow> {
    const { concurrency, busy, pinned, long } = options;
    const { deployments, seconds } = this.#setting;
    const deployment = deployments.models;
    const lead = busyLeadMs / 1000;
    const keepsBusy = busy
      ? this.#load(deployment, {
          bodies: long,
          concurrency: busyConnections,
          warmupSeconds: 0,
          until: { seconds: seconds + 3 * lead },
        })
      : undefined;
    await sleep(busyLeadMs);
    await deployment.metrics();
    const report = await this.#load(deployment, {
      bodies: pinned,
      concurrency,
      warmupSeconds: lead,
      until: { seconds },
    });
    const loop = readLoopDelay(await deployment.metrics());
    const longPrompts = (await keepsBusy)?.requests ?? 0;
    this.#setting.say(
      `signals: others, concurrency ${concurrency}${busy ? ', models busy' : ''}: ` +
        `p50 ${report.p50Ms.toFixed(2)} ms, event loop at most ${loop.maxMs.toFixed(1)} ms late` +
        (busy ? `, ${longPrompts} long prompts` : ''),
    );
    return {
      concurrency,
      busy,
      requests: report.requests,
      failures: report.failures,
      p50Ms: report.p50Ms,
      p99Ms: report.p99Ms,
      loop,
      longPrompts,
    };
  }

  async #load(
    deployment: Deployment,
    options: Pick<LoadOptions, 'bodies' | 'concurrency' | 'warmupSeconds' | 'until'>,
  ): Promise<LoadReport> {
    const report = await runLoad({
      program: this.#setting.loadProgram,
      port: deployment.port,
      workload: { chunks: 0, gapMs: 0 },
      watch: deployment.watch,
      ...options,
    });
    this.#failures += report.failures;
    if (report.failures > 0) this.#setting.say(`${deployment.name}: FAILED: ${report.failure}`);
    return report;
  }

  #fresh(count: number): Promise<readonly string[]> {
    const first = this.#nextPrompt;
    this.#nextPrompt += count;
    return this.#write('fresh', count, (index) => promptBody('auto', shortPrompt(first + index)));
  }

  async #write(
    name: string,
    count: number,
    body: (index: number) => string,
  ): Promise<readonly string[]> {
    const files = Array.from({ length: count }, (_, index) =>
      join(this.#setting.directory, `${name}-${index}.json`),
    );
    await Promise.all(files.map((file, index) => writeFile(file, body(index))));
    return files;
  }
}

/** Another one first each time, so that a drift of the machine hits all alike. */
function turned<Item>(items: readonly Item[], by: number): readonly Item[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
