// Which Prometheus and PrometheusAgent objects choose a ServiceMonitor, by its labels and its
// namespace.
import type { ClusterFacts, PrometheusFacts } from './context.ts';
import { selectorKeys, selects, unmetRequirements, type Labels } from './label-selector.ts';

/** A ServiceMonitor, as far as it is chosen by it. */
export interface Monitor {
  readonly labels: Labels;
  readonly namespace: string;
  /** Undefined: they may not be read. */
  readonly namespaceLabels: ClusterFacts['namespaceLabels'];
}

/** Every namespace carries it with its own name. */
const namespaceNameLabel = 'kubernetes.io/metadata.name';

/** Whether it looks into the namespace at all; undefined: the namespace's labels would tell. */
export function looksIntoNamespace(
  { namespace, serviceMonitorNamespaceSelector: selector }: PrometheusFacts,
  monitor: Omit<Monitor, 'labels'>,
): boolean | undefined {
  if (selector === undefined) return namespace === monitor.namespace;
  const known = { [namespaceNameLabel]: monitor.namespace };
  if (monitor.namespaceLabels !== undefined) {
    return selects(selector, { ...monitor.namespaceLabels, ...known });
  }
  const isKnown = selectorKeys(selector).every((key) => key === namespaceNameLabel);
  return isKnown ? selects(selector, known) : undefined;
}

/** Whether it chooses the ServiceMonitor; undefined: the namespace's labels would tell. */
export function selectsMonitor(prometheus: PrometheusFacts, monitor: Monitor): boolean | undefined {
  if (!selects(prometheus.serviceMonitorSelector, monitor.labels)) return false;
  return looksIntoNamespace(prometheus, monitor);
}

/** Why it does not, as a sentence without its end. */
export function whyNotSelected(prometheus: PrometheusFacts, monitor: Monitor): string {
  const { serviceMonitorSelector, serviceMonitorNamespaceSelector } = prometheus;
  const who = `${prometheus.kind} ${prometheus.namespace}/${prometheus.name}`;
  if (serviceMonitorSelector === undefined) {
    return `${who} selects no ServiceMonitors (it has no serviceMonitorSelector)`;
  }
  const labels = unmetRequirements(serviceMonitorSelector, monitor.labels);
  const wants = labels.length === 0 ? [] : [`wants ${labels.join(', ')} on the ServiceMonitor`];
  if (looksIntoNamespace(prometheus, monitor) === false) {
    const lacking =
      serviceMonitorNamespaceSelector === undefined
        ? `looks only into its own namespace`
        : `wants ${unmetRequirements(serviceMonitorNamespaceSelector, {
            ...monitor.namespaceLabels,
            [namespaceNameLabel]: monitor.namespace,
          }).join(', ')} on the namespace ${monitor.namespace}`;
    wants.push(lacking);
  }
  return `${who} ${wants.join(' and ')}`;
}
