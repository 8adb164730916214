// The metrics page as the real tools of Prometheus read it: `promtool check metrics` finds nothing
// to complain of, and a Prometheus that scrapes it, in either format, knows the exact sums.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoryLedger } from '../../dataplane/adapters/ledger/memory-ledger.ts';
import { startMetricsServer } from '../../dataplane/admin/metrics-server.ts';
import type { RunningServer } from '../../dataplane/admin/http-server.ts';
import type { MeteringPolicy } from '../../dataplane/domain/metering-policy.ts';
import { createMeter } from '../../dataplane/metering/meter.ts';
import {
  addConfigMetrics,
  addLedgerMetrics,
  addLogMetrics,
} from '../../dataplane/metering/program-metrics.ts';
import { addProcessMetrics } from '../../dataplane/metering/prometheus/process-metrics.ts';
import { MetricsRegistry } from '../../dataplane/metering/prometheus/registry.ts';
import type { Log } from '../../dataplane/ports.ts';
import { freePort } from '../kit/ports.ts';
import {
  checkMetrics,
  startPrometheus,
  staticJobs,
  type PrometheusProcess,
} from '../kit/prometheus.ts';
import { findPrometheusProgram } from '../kit/tools/prometheus.ts';
import { callerOf, meteringPolicy, recordId, usageOf, usageRecord } from '../kit/usage-records.ts';

const nothing = (): void => undefined;
const log: Log = {
  error: nothing,
  warn: nothing,
  info: nothing,
  debug: nothing,
  isEnabled: () => false,
};

const users = ['alice', 'zoë "☃" \\ back\\n', '名前', ''];

/** A registry with every metric of the router, and traffic of every kind. */
function busyRegistry(policies: readonly MeteringPolicy[]): MetricsRegistry {
  const registry = new MetricsRegistry();
  addProcessMetrics(registry);
  const config = addConfigMetrics(registry);
  config.loaded({ hash: 'abc', atMs: Date.now() });
  config.refused();
  const ledger = createMemoryLedger();
  addLedgerMetrics(registry, () => ledger.stats());
  addLogMetrics(registry, () => 0);
  const meter = createMeter({ registry, ledger, log, hashKey: 'key' });
  let id = 0;
  for (const policy of policies) {
    for (const user of users) {
      const common = {
        caller: policy.mode === 'standalone' ? undefined : callerOf(user, 'premium'),
        cost: policy.calculatesCost
          ? { currency: 'USD', picoUnits: 1_234_567_890_123_456_789n }
          : undefined,
      };
      for (const given of [
        { stream: true, reasoning: true, cache: 'miss' as const },
        { outcome: 'cache_hit' as const, cache: 'hit' as const, usageSource: 'cached' as const },
        { outcome: 'aborted' as const, usageSource: 'estimated' as const },
        { usage: undefined, usageSource: 'none' as const, cost: undefined },
        { usage: usageOf(123_456_789, 2), cost: undefined, model: 'big "model"' },
        { outcome: 'blocked' as const, piiTypes: ['US_SSN'], jailbreakDetected: true },
      ]) {
        meter.record(usageRecord({ id: recordId((id += 1)), ...common, ...given }), policy);
      }
    }
  }
  meter.requestError('', 'invalid_request');
  meter.requestError('small', 'upstream_5xx');
  meter.identityFallback('tier');
  meter.stageSeconds('parse', 0.001);
  return registry;
}

const standalone = meteringPolicy({ mode: 'standalone', calculatesCost: true });
const hybrid = meteringPolicy({ mode: 'hybrid', calculatesCost: true, maxUsers: 2 });

const promtool = await findPrometheusProgram('promtool');
const ifPromtool = promtool === undefined ? describe.skip : describe;
const prometheus = await findPrometheusProgram('prometheus');
const ifPrometheus = prometheus === undefined ? describe.skip : describe;

ifPromtool('promtool check metrics (skipped without promtool: see npm run tools)', () => {
  test.each([
    ['standalone', [standalone]],
    ['MaaS', [meteringPolicy()]],
    ['MaaS, hashed users', [meteringPolicy({ userLabel: 'hash' })]],
    ['MaaS, dropped users', [meteringPolicy({ userLabel: 'drop' })]],
    ['hybrid', [hybrid]],
    ['all after each other', [standalone, meteringPolicy(), hybrid]],
  ])('%s', async (_, policies) => {
    const page = await busyRegistry(policies).page('text');
    expect(await checkMetrics(promtool ?? '', page)).toEqual({ exitCode: 0, output: '' });
  });

  test('would complain of a page that is wrong', async () => {
    const page = '# HELP bad_total Bad.\n# TYPE bad_total gauge\nbad_total 1\n';
    expect((await checkMetrics(promtool ?? '', page)).exitCode).not.toBe(0);
  });
});

ifPrometheus('a scrape (skipped without Prometheus: see npm run tools)', () => {
  const registry = busyRegistry([hybrid, meteringPolicy({ userLabel: 'hash' }), standalone]);
  let metrics: RunningServer;
  let textOnly: Server;
  let server: PrometheusProcess;
  const served = new Set<string>();

  beforeAll(async () => {
    const onError = (_: string, error: unknown): void => {
      throw error;
    };
    const page = {
      render: (format: 'text' | 'openmetrics') => {
        served.add(format);
        return registry.render(format);
      },
    };
    metrics = await startMetricsServer({ page, port: 0, host: '127.0.0.1', onError });
    // Prometheus always asks for OpenMetrics first; this stands for a reader that does not know it.
    textOnly = createServer((_, response) => {
      void fetch(`http://127.0.0.1:${metrics.port}/metrics`).then(async (reply) => {
        response.setHeader('content-type', reply.headers.get('content-type') ?? '');
        response.end(await reply.text());
      });
    });
    await new Promise<void>((resolve) => textOnly.listen(0, '127.0.0.1', resolve));
    server = await startPrometheus({
      binary: prometheus ?? '',
      port: await freePort(),
      config: staticJobs({
        openmetrics: `127.0.0.1:${metrics.port}`,
        text: `127.0.0.1:${(textOnly.address() as AddressInfo).port}`,
      }),
    });
    while ((await server.query('up == 1')).length < 2) await sleep(200);
  });

  afterAll(async () => {
    await server.stop();
    await metrics.close(0);
    textOnly.closeAllConnections();
    await new Promise((resolve) => textOnly.close(resolve));
  });

  test('negotiates both formats', () => {
    expect([...served].sort()).toEqual(['openmetrics', 'text']);
  });

  test.each(['openmetrics', 'text'])('%s: every series with its value', async (job) => {
    const expected = samplesOf(await registry.page('text'));
    const found = new Map(
      (await server.query(`{job="${job}",__name__=~"(semantic_router|llm|config)_.*"}`)).map(
        ({ labels, value }) => [seriesName(labels), value],
      ),
    );
    expect(found.size).toBe(expected.size);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
    expect(found.size).toBeGreaterThan(100);
  });

  test.each(['openmetrics', 'text'])('%s: the sums that MaaS-billing asks for', async (job) => {
    const [tokens] = await server.query(
      `sum(semantic_router_tokens_total{job="${job}",model="big \\"model\\"",type="prompt"})`,
    );
    expect(tokens?.value).toBe(2 * users.length * 123_456_789);
    const [cost] = await server.query(
      `llm_model_cost_total{job="${job}",model="small",currency="USD"}`,
    );
    // In each mode that prices, four records for each of four users.
    expect(cost?.value).toBe(2 * 4 * 4 * Number('1234567.890123456789'));
    const scraped = await server.query(
      `semantic_router_requests_total{job="${job}",decision="default",model="small"}`,
    );
    expect(new Set(scraped.map(({ labels }) => labels['user']))).toContain(users[1]);
  });
});

/** A series as Prometheus names it, without what it adds; empty labels do not exist to it. */
function seriesName(labels: Readonly<Record<string, string>>): string {
  const own = Object.entries(labels).filter(
    ([name, value]) => !['job', 'instance'].includes(name) && value !== '',
  );
  return JSON.stringify(own.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Series and values of a page in text format, of the router's own families. */
function samplesOf(page: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of page.split('\n')) {
    const [, name, braces = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined || !/^(semantic_router|llm|config)_/.test(name)) continue;
    const labels: Record<string, string> = { __name__: name };
    for (const [, label = '', text = ''] of braces.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      labels[label] = text.replace(/\\(.)/g, (_, each: string) => (each === 'n' ? '\n' : each));
    }
    samples.set(seriesName(labels), Number(value));
  }
  return samples;
}
