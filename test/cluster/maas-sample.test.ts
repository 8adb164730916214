// The sample resource for MaaS, applied as a user applies it, becomes a running, billed and monitored
// router: real API server, real Envoy, real Authorino, real Prometheus.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import {
  hasAuthorino,
  startAuthorinoCluster,
  type AuthorinoCluster,
} from '../kit/authorino-cluster.ts';
import { send } from '../kit/client.ts';
import { freePort } from '../kit/ports.ts';
import { startPrometheus, staticJobs, type PrometheusProcess } from '../kit/prometheus.ts';
import { resourcePath, untilCondition, urlOf } from '../kit/resource-cluster.ts';
import { until } from '../kit/router-surroundings.ts';
import { findPrometheusProgram } from '../kit/tools/prometheus.ts';
import { thirdPartyCrd } from '../kit/tools/third-party-crds.ts';

const namespace = 'team-a';
const prometheusBinary = await findPrometheusProgram('prometheus');

interface Sample {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly auth: object;
    readonly config: { readonly vllm_endpoints: readonly object[] };
  };
}

/** The sample, with the addresses of this machine. */
function sample(given: { readonly model: number; readonly authorino: number }): object {
  const file = new URL('../../crds/samples/maas.yaml', import.meta.url);
  const resource = parse(readFileSync(file, 'utf8')) as Sample;
  const { auth, config } = resource.spec;
  const here = { address: '127.0.0.1', port: given.model };
  return {
    ...resource,
    spec: {
      ...resource.spec,
      auth: { ...auth, authorino: { host: '127.0.0.1', port: given.authorino } },
      config: {
        ...config,
        vllm_endpoints: config.vllm_endpoints.map((endpoint) => ({
          ...endpoint,
          ...here,
          health_check_path: undefined,
        })),
      },
    },
  };
}

/** A Prometheus as kube-prometheus-stack makes one: it asks for a label. */
const prometheus = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'Prometheus',
  metadata: { name: 'kps', namespace },
  spec: {
    serviceMonitorSelector: { matchLabels: { release: 'kps' } },
    serviceMonitorNamespaceSelector: {},
  },
};

/** A key as the sample asks for. */
const key = {
  metadata: {
    name: 'alice-key',
    labels: {
      'semantic-router.io/router': 'maas',
      'authorino.kuadrant.io/managed-by': 'authorino',
    },
    annotations: { 'semantic-router.io/user': 'alice', 'semantic-router.io/tier': 'premium' },
  },
  stringData: { api_key: 'sk-alice' },
};

let world: AuthorinoCluster;
let scraper: PrometheusProcess | undefined;
const isPossible = prometheusBinary !== undefined && (await hasAuthorino());

beforeAll(async () => {
  if (!isPossible) return;
  world = await startAuthorinoCluster({
    prepare: async (cluster) => {
      await cluster.applyCrds([
        thirdPartyCrd('monitoring.coreos.com_servicemonitors'),
        thirdPartyCrd('monitoring.coreos.com_prometheuses'),
      ]);
      await cluster.createNamespace(namespace);
      await cluster.client.create(
        `/apis/monitoring.coreos.com/v1/namespaces/${namespace}/prometheuses`,
        prometheus,
      );
      await cluster.client.create(`/api/v1/namespaces/${namespace}/secrets`, key);
    },
  });
});
afterAll(async () => {
  if (!isPossible) return;
  await scraper?.stop();
  await world.stop();
});

// Jest shows what is skipped, and the name says why.
(isPossible ? describe : describe.skip)(
  'the sample (skipped without Authorino or Prometheus)',
  () => {
    test('kubectl apply gives a router that knows who calls, bills them, and is scraped', async () => {
      const input = JSON.stringify(
        sample({ model: world.backend.port, authorino: world.authorino.port }),
      );
      await world.cluster.kubectl(['apply', '-n', namespace, '-f', '-'], { input });
      const path = resourcePath(namespace, 'maas');
      const ready = { AuthReady: 'True/Linked', MonitoringReady: 'True/Selected' };
      await untilCondition(world, path, { Accepted: 'True/Valid', ...ready, Ready: 'True/Ready' });

      const [pod] = world.kubelet.pods(namespace);
      if (pod === undefined) throw new Error('there is no pod');
      const ask = (headers: Record<string, string>): ReturnType<typeof send> =>
        send({
          url: `${urlOf(pod)}/v1/chat/completions`,
          headers,
          body: { model: 'auto', messages: [{ role: 'user', content: 'Refactor this python.' }] },
        });
      expect((await ask({})).status).toBe(401);
      const forged = { 'x-auth-request-tier': 'enterprise' };
      const reply = await ask({ authorization: 'Bearer sk-alice', ...forged });
      expect(reply.status).toBe(200);
      expect(reply.headers).toMatchObject({
        'x-vsr-model-selected': 'deepseek-v3',
        'x-vsr-decision': 'code_generation',
        'x-vsr-reasoning-enabled': 'on',
      });

      const monitor = await world.cluster.client.get(
        `/apis/monitoring.coreos.com/v1/namespaces/${namespace}/servicemonitors/maas`,
      );
      expect(monitor.metadata.labels).toMatchObject({ release: 'kps' });
      scraper = await startPrometheus({
        binary: prometheusBinary ?? '',
        port: await freePort(),
        config: staticJobs({ maas: `${pod.address}:9190` }),
      });
      const monitored = scraper;
      await until('Prometheus knows of the request', async () => {
        const bill = await monitored.query(
          'sum by (user, tier, model) (semantic_router_requests_total)',
        );
        return bill.some(
          ({ labels, value }) =>
            value === 1 &&
            labels['user'] === 'alice' &&
            labels['tier'] === 'premium' &&
            labels['model'] === 'deepseek-v3',
        );
      });
      // On a busy machine a probe may fail for a moment.
      await untilCondition(world, path, { Ready: 'True/Ready' });
      const wide = await world.cluster.kubectl(['get', 'srm', '-n', namespace, '-o', 'wide']);
      expect(wide).toMatch(/AUTH\s+MONITORING\s+GATEWAY/);
      expect(wide).toMatch(/maas\s+maas\s+True\s+Ready/);
    });
  },
);
