// What every builder of a desired object knows. Data only: whoever fills it in has done all reading.
import type { BillingMode } from '../../config/mode.ts';
import type { RouterConfig } from '../../config/schema/index.ts';
import type { KubeObject } from '../kube/port.ts';
import type { Spec } from '../resource/spec.ts';

export interface DesiredContext {
  readonly resource: ResourceIdentity;
  readonly spec: Spec;
  readonly config: EffectiveConfig;
  readonly cluster: ClusterFacts;
  readonly defaults: OperatorDefaults;
}

export interface ResourceIdentity {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
}

/** The configuration that the pods are given: the user's, with what the spec adds to it. */
export interface EffectiveConfig {
  /** The file `config.yaml`. */
  readonly text: string;
  /** `contentHash(text)`. */
  readonly hash: string;
  readonly value: RouterConfig;
  readonly mode: BillingMode;
}

/** What is known of the cluster beside the resource and what it owns. */
export interface ClusterFacts {
  /** Optional APIs, and whether they are served now. */
  readonly served: { readonly authConfig: boolean; readonly serviceMonitor: boolean };
  /** OpenShift assigns user ids itself. */
  readonly isOpenShift: boolean;
  /** Undefined: the operator may not read them, or their API is not served. */
  readonly prometheuses: readonly PrometheusFacts[] | undefined;
  /** Labels of the resource's namespace; undefined: the operator may not read them. */
  readonly namespaceLabels: Readonly<Record<string, string>> | undefined;
  /** Annotations of the AuthConfig by which Authorino notices what it does not watch. */
  readonly authReminders: Readonly<Record<string, string>>;
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    /** `In`, `NotIn`, `Exists` or `DoesNotExist`; the API server stores any other as well. */
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** What chooses ServiceMonitors, as far as it does. Absent selects nothing, {} all. */
export interface PrometheusFacts {
  readonly kind: 'Prometheus' | 'PrometheusAgent';
  readonly name: string;
  readonly namespace: string;
  readonly serviceMonitorSelector: LabelSelector | undefined;
  /** Absent: only its own namespace. */
  readonly serviceMonitorNamespaceSelector: LabelSelector | undefined;
}

/** What the operator was started with. */
export interface OperatorDefaults {
  readonly images: { readonly router: string; readonly envoy: string };
  /** Where the operator runs: its pods ask the routers what they run. Undefined: not in a pod. */
  readonly operatorNamespace: string | undefined;
}

/** One object that the resource needs, or undefined where it does not. Pure. */
export type Builder = (context: DesiredContext) => KubeObject | undefined;
