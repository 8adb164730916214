// `npm run tools`: prepares the real programs that `npm start` and the tests run, outside the
// checkout. `--needed-by=test` or `--needed-by=start` says for what, and is quiet when nothing is
// missing.
import { parseArgs } from 'node:util';
import { ensureEnvoy } from '../../../dataplane/local/tools/envoy.ts';
import { ensureModels } from '../../../dataplane/local/tools/models/ensure-models.ts';
import { ensureAuthorino } from './authorino.ts';
import { ensureHelm } from './helm.ts';
import { clusterPrograms, ensureClusterProgram } from './kubernetes.ts';
import { ensureLua } from './lua.ts';
import { ensurePrometheusOperator } from './prometheus-operator.ts';
import { ensurePrometheus } from './prometheus.ts';
import { ensureRedisServer } from './redis.ts';
import { ensureThirdPartyCrds } from './third-party-crds.ts';

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

interface Tool {
  /** Resolves with what there is now, for the user to read. */
  readonly ensure: () => Promise<string>;
  /** What cannot be done without it. */
  readonly neededBy: readonly string[];
  /** What its absence means where it is not needed; undefined: nothing. */
  readonly otherwise?: string;
}

const tools: readonly Tool[] = [
  {
    ensure: async () => `Envoy: ${await ensureEnvoy(say)}`,
    neededBy: ['tools', 'test', 'start'],
  },
  {
    ensure: async () => {
      const { promtool, prometheus } = await ensurePrometheus(say);
      return `promtool: ${promtool}\nPrometheus: ${prometheus}`;
    },
    neededBy: ['tools'],
    otherwise: 'The tests that need it are skipped.',
  },
  {
    ensure: async () => `redis-server: ${await ensureRedisServer(say)}`,
    neededBy: ['tools'],
    otherwise: 'The tests that need it are skipped.',
  },
  ...clusterPrograms.map((name) => ({
    ensure: async () => `${name}: ${await ensureClusterProgram(name, say)}`,
    neededBy: ['tools', 'test'],
  })),
  {
    ensure: async () => `Authorino: ${await ensureAuthorino(say)}`,
    neededBy: ['tools'],
    otherwise: 'The tests that need it are skipped.',
  },
  { ensure: async () => `Helm: ${await ensureHelm(say)}`, neededBy: ['tools', 'test'] },
  { ensure: async () => `Lua: ${await ensureLua(say)}`, neededBy: ['tools', 'test'] },
  {
    ensure: async () => `CRDs: ${(await ensureThirdPartyCrds(say)).join(', ')}`,
    neededBy: ['tools', 'test'],
  },
  {
    ensure: async () => `Models: ${await ensureModels(say)}`,
    neededBy: ['tools', 'test'],
  },
  // After what the tests cannot do without: it takes minutes.
  {
    ensure: async () => `Prometheus Operator: ${await ensurePrometheusOperator(say)}`,
    neededBy: ['tools'],
    otherwise: 'The tests that need it are skipped.',
  },
];

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { 'needed-by': { type: 'string' } } });
  const purpose = values['needed-by'] ?? 'tools';
  for (const { ensure, neededBy, otherwise } of tools) {
    const needed = neededBy.includes(purpose);
    if (!needed && (otherwise === undefined || purpose !== 'test')) continue;
    try {
      const found = await ensure();
      if (purpose === 'tools') process.stdout.write(`${found}\n`);
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      if (needed) {
        say(sentence);
        return 1;
      }
      say(`${sentence} ${otherwise ?? ''}`);
    }
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  return 2;
});
