// A model that answers, wherever it runs.
import type { UnavailableReason } from '../../domain/unavailable.ts';
import type { ModelInfo } from './worker/load-model.ts';

export interface ModelCounts {
  /** Calls made, whatever became of them. */
  readonly calls: number;
  /** Calls that were not answered, by reason. */
  readonly unavailable: Readonly<Record<UnavailableReason, number>>;
  /** How often its worker was started again after it died. */
  readonly restarts: number;
  /** Calls that wait or are computed now. */
  readonly waiting: number;
}

export interface Answering<Port> {
  /** What the router calls. */
  readonly port: Port;
  readonly id: string;
  /** A directory or a URL. */
  readonly source: string;
  readonly counts: () => ModelCounts;
  readonly isReady: () => boolean;
  /** Why it will not be ready again. */
  readonly problem: () => string | undefined;
  /** What its files say of it; of a local model. */
  readonly info?: ModelInfo;
  /** Lets what waits be answered, then closes. */
  readonly retire: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export const noCounts: ModelCounts = {
  calls: 0,
  unavailable: { absent: 0, overloaded: 0, deadline: 0, failed: 0, unsupported: 0 },
  restarts: 0,
  waiting: 0,
};
