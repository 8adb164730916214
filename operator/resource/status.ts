// What the operator says of a resource: `status`.
import type { BillingMode } from '../../config/mode.ts';
import type { ConditionType, ReasonOf } from '../reasons.ts';

export interface Condition<Type extends ConditionType = ConditionType> {
  readonly type: Type;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: ReasonOf<Type>;
  /** A sentence for a person; with the path of the field where one is wrong. */
  readonly message: string;
  /** The generation that this is said of. */
  readonly observedGeneration: number;
  /** RFC 3339, to the second; moves only when `status` does. */
  readonly lastTransitionTime: string;
}

/** An object that belongs to the resource. */
export interface InventoryEntry {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

export interface Status {
  /** The generation that was last reconciled. */
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
  /** Derived from `maas_integration`. */
  readonly mode?: BillingMode;
  /** Hash of the configuration that is wanted; the pods report the one they run. */
  readonly configHash?: string;
  /** Hash of the last configuration that was accepted: the one that the pods are given. */
  readonly lastGoodConfigHash?: string;
  readonly replicas?: number;
  readonly readyReplicas?: number;
  readonly updatedReplicas?: number;
  /** Label selector of the pods, as text, for the scale subresource. */
  readonly selector?: string;
  /** Where requests are sent, such as `http://demo.team-a.svc:8801`. */
  readonly addresses?: readonly { readonly name: string; readonly url: string }[];
  /** What the operator made, and will take away again. */
  readonly inventory?: readonly InventoryEntry[];
}
