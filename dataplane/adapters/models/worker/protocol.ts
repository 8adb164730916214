// What a worker and its host say to each other.
import type { ModelOverrides } from '../directory/model-directory.ts';
import type { UnavailableReason } from '../../../domain/unavailable.ts';
import type { Answer } from './job.ts';
import type { ModelInfo } from './load-model.ts';

/** What a worker is started with. */
export interface WorkerOrder {
  readonly directory: string;
  readonly overrides: ModelOverrides;
}

export interface CallMessage {
  readonly id: number;
  readonly text: string;
  /** Milliseconds since the epoch; afterwards nobody waits for the answer. */
  readonly expiresAt: number;
}

/** `end`: finish what runs now, and end. */
export type HostMessage = CallMessage | 'end';

export type WorkerMessage =
  | { readonly kind: 'ready'; readonly info: ModelInfo }
  /** The directory does not fit: trying again is of no use before somebody changes it. */
  | { readonly kind: 'refused'; readonly sentence: string }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  | {
      readonly kind: 'unavailable';
      readonly id: number;
      readonly reason: UnavailableReason;
      /** What went wrong, never with anything of the text. */
      readonly detail?: string;
    };
