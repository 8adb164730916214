// Everything that is known when a resource is judged: the result of reading, and nothing else.
import type { ClusterFacts } from './desired/context.ts';
import type { KubeObject } from './kube/port.ts';
import type { SemanticRouterMaas } from './resource/semantic-router-maas.ts';

export interface Observed {
  readonly resource: SemanticRouterMaas;
  /** The ConfigMap that `spec.configFrom` names, if it names one. */
  readonly configSource: ConfigSource;
  /** The objects that the resource owns, of all kinds that the operator makes. */
  readonly children: readonly KubeObject[];
  readonly cluster: Omit<ClusterFacts, 'authReminders'>;
  /** Metadata of the API-key Secrets that may be read; undefined: none are followed. */
  readonly apiKeySecrets: readonly KubeObject[] | undefined;
  /** Uids of the AuthConfigs of other resources that are for the same host. */
  readonly hostRivals: readonly string[];
  /** When all this was so, in milliseconds since the epoch. */
  readonly nowMs: number;
}

export type ConfigSource =
  | { readonly kind: 'inline' }
  | { readonly kind: 'found'; readonly text: string; readonly where: string }
  | { readonly kind: 'missing'; readonly message: string };

/** What became of a pod's question which configuration it runs. */
export interface PodReport {
  readonly name: string;
  /** What keeps it from running, by the word of kubelet or scheduler; undefined: nothing. */
  readonly trouble?: string | undefined;
  readonly answer:
    | {
        readonly kind: 'runs';
        readonly hash: string;
        readonly refused: Refused | undefined;
        /** Undefined where the router is of a version that does not tell. */
        readonly models: readonly ModelReport[] | undefined;
      }
    /** Not asked: it does not run yet, or is on its way out. */
    | { readonly kind: 'starting' }
    | { readonly kind: 'silent'; readonly message: string };
}

/** What a router says of one of the models that it may use. */
export interface ModelReport {
  /** What it is for, such as `embedding`. */
  readonly name: string;
  readonly state: 'ready' | 'loading' | 'absent' | 'failed';
  /** Whether a signal of the configuration is computed with it. */
  readonly needed: boolean;
  /** What is wrong, where something is. */
  readonly detail: string;
}

/** A newer configuration that a router would not take. */
interface Refused {
  readonly hash: string;
  readonly problem: string;
}
