import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvoyOptions } from '../../config/envoy/options.ts';
import { routerConfigSchema, type RouterConfig } from '../../config/schema/index.ts';
import type { Log } from '../ports.ts';
import { discoveryStats, type EnvoyAdmin } from './envoy-admin.ts';
import { createEnvoyFiles, foreignGateway, type ApplyResult, type EnvoyFiles } from './envoy.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'srm-envoy-files-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/**
 * A stand-in for Envoy: it looks at the files whenever it is asked how it is, takes what has a new
 * version, and notes in `history` which models its clusters and routes had at each step.
 */
class FakeEnvoy implements EnvoyAdmin {
  answers = true;
  /** Refuses files that hold this text. */
  refuses: string | undefined;
  /** Asked so often, clusters that are new are still warming. */
  warmsFor = 0;
  warming = 0;
  readonly history: string[] = [];
  readonly #versions = new Map<string, string>();
  readonly #refusals = new Map<string, number>();
  readonly #refused = new Map<string, string>();

  async status(): ReturnType<EnvoyAdmin['status']> {
    if (!this.answers) return undefined;
    for (const [stats, fileName] of filesByStats) await this.#look(stats, fileName);
    if (this.warming > 0) this.warming -= 1;
    return {
      state: 'live',
      files: new Map(
        [...filesByStats.keys()].map((stats) => [
          stats,
          { version: this.#versions.get(stats), refusals: this.#refusals.get(stats) ?? 0 },
        ]),
      ),
      warmingClusters: this.warming,
    };
  }

  async #look(stats: string, fileName: string): Promise<void> {
    const text = await readFile(join(directory, fileName), 'utf8').catch(() => '');
    const version = /"version_info":"(\w+)"/.exec(text)?.[1];
    if (version === undefined || this.#versions.get(stats) === version) return;
    if (this.refuses !== undefined && text.includes(this.refuses)) {
      if (this.#refused.get(stats) === version) return;
      this.#refused.set(stats, version);
      this.#refusals.set(stats, (this.#refusals.get(stats) ?? 0) + 1);
      return;
    }
    this.#versions.set(stats, version);
    if (stats === discoveryStats.clusters) this.warming = this.warmsFor;
    this.history.push(`${fileName.split('.')[0] ?? ''}: ${modelsIn(text).join(' ')}`);
  }
}

const filesByStats = new Map<string, string>([
  [discoveryStats.filter('strip-identity'), 'filter-strip-identity.json'],
  [discoveryStats.filter('router'), 'filter-router.json'],
  [discoveryStats.clusters, 'clusters.json'],
  [discoveryStats.routes, 'routes.json'],
]);

/** Models of clusters, of routes, or what a filter strips. */
function modelsIn(text: string): string[] {
  const found = text.matchAll(/"(?:name":"model:|exact":"|remove":")([^"]*)"/g);
  return [...new Set([...found].map((match) => match[1] ?? ''))].sort();
}

const options: Omit<EnvoyOptions, 'directory'> = {
  listen: { host: '127.0.0.1', port: 8801 },
  admin: { host: '127.0.0.1', port: 9901 },
  extProc: { host: '127.0.0.1', port: 50051 },
};

function configOf(models: readonly string[], rest: object = {}): RouterConfig {
  return routerConfigSchema.parse({
    default_model: models[0],
    vllm_endpoints: [{ name: 'local', address: '127.0.0.1', port: 8000 }],
    model_config: Object.fromEntries(models.map((model) => [model, {}])),
    ...rest,
  });
}

function filesFor(admin: EnvoyAdmin, warnings: string[] = []): EnvoyFiles {
  let time = 0;
  const note = (message: string): void => {
    warnings.push(message);
  };
  const quiet = (): void => undefined;
  const log: Log = { error: note, warn: note, info: quiet, debug: quiet, isEnabled: () => false };
  return createEnvoyFiles({
    envoy: { ...options, directory },
    log,
    admin,
    now: () => time,
    sleep: (ms) => {
      time += ms;
      return Promise.resolve();
    },
  });
}

/** A swap whose streams end when the test says so. */
function swapper(history: string[]): { swap: () => Promise<void>; streamsEnd: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return {
    swap: () => {
      history.push('swap');
      return promise;
    },
    streamsEnd: () => {
      resolve(undefined);
    },
  };
}

test('what is new comes first, then the swap, and what is old goes last', async () => {
  const envoy = new FakeEnvoy();
  const files = filesFor(envoy);
  await files.writeInitial(configOf(['a', 'b']));
  await envoy.status();
  envoy.history.length = 0;
  const { swap, streamsEnd } = swapper(envoy.history);
  expect(await files.apply(configOf(['b', 'c']), swap)).toEqual({ outcome: 'applied' });
  expect(envoy.history).toEqual(['clusters: a b c', 'routes: a b c', 'swap']);
  streamsEnd();
  await files.idle();
  expect(envoy.history.slice(3)).toEqual(['routes: b c', 'clusters: b c']);
});

test('the streams of three configurations keep what they need', async () => {
  const envoy = new FakeEnvoy();
  const files = filesFor(envoy);
  await files.writeInitial(configOf(['a']));
  const first = swapper(envoy.history);
  const second = swapper(envoy.history);
  await files.apply(configOf(['b']), first.swap);
  await files.apply(configOf(['c']), second.swap);
  expect(envoy.history.at(-2)).toBe('routes: a b c');
  second.streamsEnd();
  await files.idle();
  expect(envoy.history.at(-1)).toBe('clusters: a c');
  first.streamsEnd();
  await files.idle();
  expect(envoy.history.at(-1)).toBe('clusters: c');
});

test('a header is stripped before the router believes it, and as long as it does', async () => {
  const identity = (user_header: string): object => ({
    maas_integration: { enabled: true, authentication: { user_header, tier_header: 'x-tier' } },
  });
  const envoy = new FakeEnvoy();
  const files = filesFor(envoy);
  await files.writeInitial(configOf(['a'], identity('x-old')));
  await envoy.status();
  envoy.history.length = 0;
  const { swap, streamsEnd } = swapper(envoy.history);
  await files.apply(configOf(['a'], identity('x-new')), swap);
  expect(envoy.history[0]).toBe('filter-strip-identity: x-new x-old x-tier');
  streamsEnd();
  await files.idle();
  expect(envoy.history.at(-1)).toBe('filter-strip-identity: x-new x-tier');
});

test('no swap before the clusters are ready', async () => {
  const envoy = new FakeEnvoy();
  const files = filesFor(envoy);
  await files.writeInitial(configOf(['a']));
  await envoy.status();
  envoy.warmsFor = 7;
  let warmingAtSwap: number | undefined;
  await files.apply(configOf(['a', 'b']), () => {
    warmingAtSwap = envoy.warming;
    return Promise.resolve();
  });
  expect(warmingAtSwap).toBe(0);
});

test.each([
  ['clusters', '"name":"model:bad"', 'clusters.json'],
  ['routes', '"exact":"bad"', 'routes.json'],
])('refused %s: the files are as before, nothing was swapped', async (_what, text, fileName) => {
  const envoy = new FakeEnvoy();
  const files = filesFor(envoy);
  await files.writeInitial(configOf(['a']));
  await envoy.status();
  const before = await contents();
  envoy.refuses = text;
  const { swap } = swapper(envoy.history);
  await expect(files.apply(configOf(['bad']), swap)).rejects.toThrow(
    new RegExp(`^Envoy refused ${fileName} version [0-9a-f]{16}; its log has the reason$`),
  );
  expect(await contents()).toEqual(before);
  expect(envoy.history).not.toContain('swap');
  await files.apply(configOf(['good']), swap);
  expect(envoy.history.at(-1)).toBe('swap');
});

test('an Envoy that does not take a file is waited for no longer than said', async () => {
  const envoy = new FakeEnvoy();
  const files = filesFor(envoy);
  await files.writeInitial(configOf(['a']));
  await envoy.status();
  envoy.warmsFor = Infinity;
  const { swap } = swapper(envoy.history);
  await expect(files.apply(configOf(['a', 'b']), swap)).rejects.toThrow(
    /^Envoy did not take clusters.json version \w+ within 20 s: Infinity of its clusters/,
  );
  envoy.answers = false;
  await expect(files.apply(configOf(['a', 'b']), swap)).rejects.toThrow(
    /within 20 s: its admin interface does not answer$/,
  );
});

test('of several that wait only the newest is applied', async () => {
  const envoy = new FakeEnvoy();
  const files = filesFor(envoy);
  await files.writeInitial(configOf(['a']));
  const swapped: string[] = [];
  const apply = (model: string): Promise<ApplyResult> =>
    files.apply(configOf([model]), () => {
      swapped.push(model);
      return Promise.resolve();
    });
  const running = apply('b');
  await Promise.resolve();
  const waiting = ['c', 'd', 'e'].map(apply);
  const results = await Promise.all([running, ...waiting]);
  expect(results.map((result) => result.outcome)).toEqual([
    'applied',
    'superseded',
    'superseded',
    'applied',
  ]);
  expect(swapped).toEqual(['b', 'e']);
  await files.idle();
});

test('a router that starts takes over from an earlier one without a gap', async () => {
  const envoy = new FakeEnvoy();
  await filesFor(envoy).writeInitial(configOf(['a', 'b']));
  await envoy.status();
  envoy.history.length = 0;
  await filesFor(envoy).start(configOf(['b', 'c']));
  expect(envoy.history).toEqual(['clusters: a b c', 'routes: b c', 'clusters: b c']);
});

test('a router that starts before Envoy writes everything that Envoy needs', async () => {
  const envoy = new FakeEnvoy();
  envoy.answers = false;
  await filesFor(envoy).start(configOf(['a']));
  expect((await readdir(directory)).sort()).toEqual([
    'bootstrap.json',
    'clusters.json',
    'filter-router.json',
    'filter-strip-identity.json',
    'routes.json',
  ]);
});

test('a file that cannot be replaced is an error, and nothing was swapped', async () => {
  const envoy = new FakeEnvoy();
  const files = filesFor(envoy);
  await files.writeInitial(configOf(['a']));
  await rm(directory, { recursive: true });
  await writeFile(directory, 'a file where the folder was');
  const { swap } = swapper(envoy.history);
  await expect(files.apply(configOf(['b']), swap)).rejects.toThrow(/EEXIST|ENOTDIR/);
  expect(envoy.history).not.toContain('swap');
});

test("behind somebody else's gateway there is only the swap", async () => {
  const history: string[] = [];
  const { swap } = swapper(history);
  expect(await foreignGateway.apply(configOf(['a']), swap)).toEqual({ outcome: 'applied' });
  expect(history).toEqual(['swap']);
  expect(await readdir(directory)).toEqual([]);
});

async function contents(): Promise<Record<string, string>> {
  const names = await readdir(directory);
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
}
