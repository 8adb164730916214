// The ServiceMonitor: tells the Prometheus Operator to have every pod of one resource scraped.
import { apiVersionOf, serviceMonitorType } from '../child-types.ts';
import type { KubeObject } from '../kube/port.ts';
import type { DesiredContext, PrometheusFacts } from './context.ts';
import { demandedLabels, type Labels } from './label-selector.ts';
import { commonLabels, ownedMetadata, selectorLabels } from './metadata.ts';
import { childNames, portNames } from './names.ts';
import { looksIntoNamespace, selectsMonitor, type Monitor } from './prometheus-selection.ts';

/** Whether there is to be a ServiceMonitor, be its API served or not. */
export function wantsServiceMonitor({ spec }: Pick<DesiredContext, 'spec'>): boolean {
  return spec.monitoring.mode !== 'Disabled';
}

export function buildServiceMonitor(context: DesiredContext): KubeObject | undefined {
  const { resource, spec, cluster } = context;
  if (!wantsServiceMonitor(context) || !cluster.served.serviceMonitor) return undefined;
  const { interval, annotations } = spec.monitoring;
  return {
    apiVersion: apiVersionOf(serviceMonitorType),
    kind: serviceMonitorType.kind,
    metadata: ownedMetadata(context, {
      name: childNames.serviceMonitor(resource),
      component: 'monitoring',
      labels: monitorLabels(context),
      annotations,
    }),
    spec: {
      jobLabel: 'app.kubernetes.io/instance',
      selector: { matchLabels: selectorLabels(resource) },
      // Our labels `user`, `tier` and `model` are ours alone; the target's own would be renamed.
      endpoints: [{ port: portNames.metrics, path: '/metrics', interval, honorLabels: false }],
    },
  };
}

/** The user's labels, and what `Auto` adds to them. */
function monitorLabels(context: DesiredContext): Labels {
  const { resource, spec, cluster } = context;
  const { mode, labels } = spec.monitoring;
  if (mode !== 'Auto' || cluster.prometheuses === undefined) return labels;
  const monitorWith = (added: Labels): Monitor => ({
    labels: { ...added, ...labels, ...commonLabels(resource, 'monitoring') },
    namespace: resource.namespace,
    namespaceLabels: cluster.namespaceLabels,
  });
  const added = labelsToAdd(cluster.prometheuses, monitorWith);
  return { ...added, ...labels };
}

/**
 * The labels by which the ServiceMonitor would be chosen: none where it already is, or where several
 * Prometheus objects would need different ones and only the user can tell which is meant.
 */
function labelsToAdd(
  prometheuses: readonly PrometheusFacts[],
  monitorWith: (added: Labels) => Monitor,
): Labels {
  const asItIs = monitorWith({});
  const looking = prometheuses.filter(
    (one) => one.serviceMonitorSelector !== undefined && looksIntoNamespace(one, asItIs) === true,
  );
  if (looking.some((one) => selectsMonitor(one, asItIs) === true)) return {};
  const [only, ...others] = new Map(
    looking.map(({ serviceMonitorSelector = {} }) => {
      const labels = demandedLabels(serviceMonitorSelector);
      return [JSON.stringify(Object.entries(labels).sort()), labels];
    }),
  ).values();
  if (only === undefined || others.length > 0) return {};
  const suffices = looking.some((one) => selectsMonitor(one, monitorWith(only)) === true);
  return suffices ? only : {};
}
