// What is known of being scraped, as the condition MonitoringReady. It climbs a ladder: the API is
// served, a Prometheus selects the ServiceMonitor, the Prometheus Operator has accepted it; and says
// no more than the step that it reached. Only the metric `up` proves a scrape.
import type { ClusterFacts, PrometheusFacts } from '../desired/context.ts';
import { selectsMonitor, whyNotSelected, type Monitor } from '../desired/prometheus-selection.ts';
import type { KubeObject } from '../kube/port.ts';
import type { Verdict } from '../reasons.ts';

type MonitoringVerdict = Extract<Verdict, { type: 'MonitoringReady' }>;

export interface MonitoringFacts extends Pick<ClusterFacts, 'prometheuses' | 'namespaceLabels'> {
  /** Whether there is to be a ServiceMonitor. */
  readonly wanted: boolean;
  /** Whether the API of ServiceMonitors is served. */
  readonly served: boolean;
  /** The ServiceMonitor as it was last read; undefined: there is none yet. */
  readonly live: KubeObject | undefined;
  /** Whether `live` is still to be brought to what is desired. */
  readonly outdated: boolean;
  /** The resource's. */
  readonly namespace: string;
}

/** A ServiceMonitor that is there as desired. */
type Written = MonitoringFacts & { readonly live: KubeObject };

/** MonitoringReady. */
export function judgeMonitoring(facts: MonitoringFacts): MonitoringVerdict {
  const { wanted, served, live, outdated } = facts;
  if (!wanted) return say('True', 'NotRequested', 'spec.monitoring.mode is Disabled.');
  if (!served) {
    return say(
      'False',
      'ApiNotServed',
      'monitoring.coreos.com/v1 is not served here: without the Prometheus Operator, let your ' +
        'Prometheus scrape the port metrics of each pod.',
    );
  }
  if (live === undefined)
    return say('Unknown', 'Unknown', 'The ServiceMonitor is not written yet.');
  if (outdated) return say('Unknown', 'Unknown', 'The ServiceMonitor is about to be changed.');
  const written = { ...facts, live };
  return boundVerdict(written) ?? selectionVerdict(written);
}

/** What the Prometheus Operator says itself, where it is told to (a feature gate of it). */
function boundVerdict(facts: Written): MonitoringVerdict | undefined {
  const { generation } = facts.live.metadata;
  const current = bindingsOf(facts.live).flatMap((binding) => {
    if (binding.resource !== 'prometheuses' || isOutlived(binding, facts)) return [];
    const accepted = (binding.conditions ?? []).find(
      ({ type, observedGeneration }) => type === 'Accepted' && observedGeneration === generation,
    );
    const who = `${binding.namespace}/${binding.name}`;
    return accepted === undefined ? [] : [{ who, ...accepted }];
  });
  const refusals = current.filter(({ status }) => status === 'False');
  if (refusals.length > 0) {
    const reasons = refusals.map(
      ({ who, reason = 'no reason', message = '' }) => `${who} (${reason}: ${message})`,
    );
    return say('False', 'RejectedByPrometheus', `Refused for Prometheus ${reasons.join('; ')}.`);
  }
  const accepted = current.filter(({ status }) => status === 'True').map(({ who }) => who);
  if (accepted.length === 0) return undefined;
  return say(
    'True',
    'AcceptedByPrometheus',
    `Accepted for Prometheus ${accepted.join(', ')}; whether pods are scraped, its metric up tells.`,
  );
}

/**
 * Whether the Prometheus that a binding names is gone, or does not select it any more. Labels make
 * no new generation, and nobody takes bindings back while the Prometheus Operator is away.
 */
function isOutlived({ namespace, name }: Binding, facts: Written): boolean {
  if (facts.prometheuses === undefined) return false;
  const named = facts.prometheuses.find(
    (one) => one.kind === 'Prometheus' && one.namespace === namespace && one.name === name,
  );
  return named === undefined || selectsMonitor(named, monitorOf(facts)) === false;
}

function monitorOf({ live, namespace, namespaceLabels }: Written): Monitor {
  return { labels: live.metadata.labels ?? {}, namespace, namespaceLabels };
}

/** What the selectors of the Prometheus objects say. */
function selectionVerdict(facts: Written): MonitoringVerdict {
  const { prometheuses, namespace } = facts;
  if (prometheuses === undefined) {
    return say(
      'Unknown',
      'Unknown',
      'The ServiceMonitor is there; which Prometheus selects it may not be read.',
    );
  }
  if (prometheuses.length === 0) {
    return say(
      'False',
      'NoPrometheus',
      'The ServiceMonitor is there, but no Prometheus or PrometheusAgent object.',
    );
  }
  const monitor = monitorOf(facts);
  const selecting = prometheuses.filter((one) => selectsMonitor(one, monitor) === true);
  if (selecting.length > 0) {
    return say(
      'True',
      'Selected',
      `${names(selecting)} selects the ServiceMonitor; whether it scrapes is not known.`,
    );
  }
  const unsure = prometheuses.filter((one) => selectsMonitor(one, monitor) === undefined);
  if (unsure.length > 0) {
    return say(
      'Unknown',
      'Unknown',
      `Whether ${names(unsure)} looks into ${namespace} depends on that namespace’s labels, which may not be read.`,
    );
  }
  return say('False', 'NotSelected', notSelected(prometheuses, monitor));
}

// A condition is for people, and there may be many of them.
const mostExplained = 5;

function notSelected(prometheuses: readonly PrometheusFacts[], monitor: Monitor): string {
  const sorted = prometheuses.toSorted((a, b) => (names([a]) < names([b]) ? -1 : 1));
  const reasons = sorted.slice(0, mostExplained).map((one) => whyNotSelected(one, monitor));
  const more = sorted.length - reasons.length;
  const rest = more === 0 ? '' : `; ${more} more do not either`;
  return `No Prometheus selects the ServiceMonitor: ${reasons.join('; ')}${rest}.`;
}

function names(prometheuses: readonly PrometheusFacts[]): string {
  return prometheuses.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`).join(', ');
}

interface Binding {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
    readonly observedGeneration?: number;
  }[];
}

function bindingsOf(live: KubeObject): readonly Binding[] {
  const status = (live['status'] ?? {}) as { readonly bindings?: readonly Binding[] };
  return status.bindings ?? [];
}

function say(
  status: MonitoringVerdict['status'],
  reason: MonitoringVerdict['reason'],
  message: string,
): MonitoringVerdict {
  return { type: 'MonitoringReady', status, reason, message };
}
