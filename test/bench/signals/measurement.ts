// What one run of this part yields. Plain data.
import type { LoopDelay } from './samples.ts';

/**
 * - `none`: no signals.
 * - `words`: all signals, without models.
 * - `models`: all signals, with models.
 * - `spread`: the same, on every core that there is.
 * - `hits`: no signals, and the answer lies in the cache.
 */
export const windowNames = ['none', 'words', 'models', 'spread', 'hits'] as const;
export type WindowName = (typeof windowNames)[number];

/** Requests one after the other. */
export interface Window {
  readonly name: WindowName;
  readonly requests: number;
  readonly failures: number;
  /** Whole answers, as the client saw them. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Median from the first message of a request to the router's decision. */
  readonly routingMs: number;
  /** User and system time of the router for a request, all its threads together. */
  readonly cpuMs: number;
}

/** Requests that need no model, sent to the router that has models. */
export interface OthersWindow {
  readonly concurrency: number;
  /** Whether long prompts kept the models computing all the time. */
  readonly busy: boolean;
  readonly requests: number;
  readonly failures: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the router's event loop. */
  readonly loop: LoopDelay;
  /** Long prompts that were answered meanwhile. */
  readonly longPrompts: number;
}

export interface SignalsRound {
  readonly windows: readonly Window[];
  readonly others: readonly OthersWindow[];
  /** Resident memory of the router with models, at the end of the round. */
  readonly rssBytes: number;
}

export interface SignalsResults {
  readonly rounds: readonly SignalsRound[];
  /** Requests of each window. */
  readonly requests: number;
  /** Length of the windows of other requests. */
  readonly seconds: number;
  /** Which core is whose, in a sentence. */
  readonly pinning: string;
  /** Requests that failed in any window; there must be none. */
  readonly failures: number;
}
