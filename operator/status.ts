// The status of a resource, from what was planned, what became of it, and what the cluster and the
// pods say. Pure.
import { ports } from '../config/names.ts';
import type { Applied } from './apply/apply-plan.ts';
import { covers } from './apply/covers.ts';
import { judgeAuth } from './conditions/auth.ts';
import { instanceLabel, managedBySelector } from './child-types.ts';
import { judgeConfigLoaded } from './conditions/config-loaded.ts';
import { judgeModelsLoaded } from './conditions/models-loaded.ts';
import { summarise, type PartVerdicts } from './conditions/summary.ts';
import { toConditions } from './conditions/transitions.ts';
import { judgeWorkload, podCounts } from './conditions/workload.ts';
import { wantsAuthConfig } from './desired/auth-config.ts';
import { authHostKey } from './desired/auth-link.ts';
import { wantsServiceMonitor } from './desired/service-monitor.ts';
import type { KubeObject } from './kube/port.ts';
import { judgeMonitoring } from './conditions/monitoring.ts';
import type { Observed, PodReport } from './observed.ts';
import type { Plan } from './plan.ts';
import type { Status } from './resource/status.ts';

export interface StatusInputs {
  readonly observed: Observed;
  readonly plan: Plan;
  /** Undefined: nothing was applied. */
  readonly applied: Applied | undefined;
  readonly pods: readonly PodReport[];
  readonly nowMs: number;
}

export function buildStatus(inputs: StatusInputs): Status {
  const { observed, plan, nowMs } = inputs;
  const { metadata, status: previous = {} } = observed.resource;
  const live = inputs.applied?.live ?? observed.children;
  const verdicts = summarise({
    parts: judgeParts(inputs, live),
    needsMonitoring: plan.spec?.monitoring.mode === 'Enabled',
    applyFailure: applyFailure(inputs.applied),
  });
  const given = plan.desired?.context.config;
  const wantedHash = plan.wanted?.hash;
  const lastGood = given?.hash ?? previous.lastGoodConfigHash;
  const mode = given?.mode ?? previous.mode;
  return {
    observedGeneration: metadata.generation,
    conditions: toConditions(verdicts, previous.conditions ?? [], {
      generation: metadata.generation,
      nowMs,
    }),
    ...(mode === undefined ? {} : { mode }),
    ...(wantedHash === undefined ? {} : { configHash: wantedHash }),
    ...(lastGood === undefined ? {} : { lastGoodConfigHash: lastGood }),
    ...podCounts(find(live, 'Deployment')),
    selector: `${managedBySelector},${instanceLabel}=${metadata.name}`,
    addresses: addressesOf(live),
    inventory: live
      .map(({ apiVersion, kind, metadata: { name } }) => ({ apiVersion, kind, name }))
      .toSorted((left, right) =>
        compare(`${left.kind}/${left.name}`, `${right.kind}/${right.name}`),
      ),
  };
}

function judgeParts(
  { observed, plan, pods }: StatusInputs,
  live: readonly KubeObject[],
): PartVerdicts {
  const { cluster, resource } = observed;
  const { metadata } = resource;
  const hash = plan.desired?.context.config.hash ?? resource.status?.lastGoodConfigHash;
  const standing = (kind: string): { live: KubeObject | undefined; outdated: boolean } => {
    const wanted = find(plan.desired?.objects ?? [], kind);
    const is = find(live, kind);
    return { live: is, outdated: wanted !== undefined && is !== undefined && !covers(is, wanted) };
  };
  return {
    Accepted: plan.accepted,
    ConfigLoaded: judgeConfigLoaded(hash, pods),
    ModelsLoaded: judgeModelsLoaded(pods),
    WorkloadAvailable: judgeWorkload(find(live, 'Deployment'), pods),
    AuthReady: judgeAuth({
      wanted: plan.spec !== undefined && wantsAuthConfig({ spec: plan.spec }),
      served: cluster.served.authConfig,
      hosts: plan.spec === undefined ? [] : [authHostKey({ resource: metadata, spec: plan.spec })],
      ...standing('AuthConfig'),
    }),
    MonitoringReady: judgeMonitoring({
      wanted: plan.spec === undefined || wantsServiceMonitor({ spec: plan.spec }),
      served: cluster.served.serviceMonitor,
      prometheuses: cluster.prometheuses,
      namespaceLabels: cluster.namespaceLabels,
      namespace: metadata.namespace,
      ...standing('ServiceMonitor'),
    }),
    GatewayReady: {
      type: 'GatewayReady',
      status: 'True',
      reason: 'Sidecar',
      message: 'An Envoy stands beside the router in each pod.',
    },
  };
}

function applyFailure(
  applied: Applied | undefined,
): { message: string; isFinal: boolean } | undefined {
  const failures = applied?.failures ?? [];
  if (failures.length === 0) return undefined;
  const message = failures.map((one) => `${one.object}: ${one.message}`).join('\n');
  return { message, isFinal: failures.some(({ outlook }) => outlook === 'final') };
}

function addressesOf(live: readonly KubeObject[]): NonNullable<Status['addresses']> {
  return live
    .filter(({ kind, ...rest }) => kind === 'Service' && !isHeadless(rest))
    .map(({ metadata: { name, namespace = '' } }) => ({
      name: 'cluster',
      url: `http://${name}.${namespace}.svc:${ports.envoy}`,
    }));
}

function isHeadless(service: Readonly<Record<string, unknown>>): boolean {
  return (service['spec'] as { readonly clusterIP?: string } | undefined)?.clusterIP === 'None';
}

function find(objects: readonly KubeObject[], kind: string): KubeObject | undefined {
  return objects.find((object) => object.kind === kind);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
