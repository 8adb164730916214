// What the stages need from outside, each with a working fake in its contract suite.
import type { MaybePromise } from './domain/http.ts';
import type { MeteringPolicy } from './domain/metering-policy.ts';
import type { Usage } from './domain/usage.ts';
import type { UsageRecord } from './domain/usage-record.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds on a clock that never goes back, for durations. */
  monotonic(): number;
}

export interface Ids {
  /** A new UUIDv7. */
  next(): string;
}

/** Takes usage records. Called exactly once for each request that reached a decision. */
export interface UsageSink {
  /** Appends the record to the ledger, then moves its counters. Never throws. */
  record(record: UsageRecord, policy: MeteringPolicy): void;
}

/** Reasons of `llm_request_errors_total`. */
export type ErrorReason =
  | 'invalid_request'
  | 'model_not_found'
  | 'unauthenticated'
  | 'body_too_large'
  | 'upstream_4xx'
  | 'upstream_5xx'
  | 'parse_error'
  | 'aborted'
  | 'internal';

/** Takes observations that are no usage. None of these calls throws. */
export interface Telemetry {
  /** `model` is a configured name, or empty when none was chosen: never client text. */
  requestError(model: string, reason: ErrorReason): void;
  identityFallback(field: 'user' | 'tier'): void;
  /** Time spent in one stage, in seconds. */
  stageSeconds(stage: string, seconds: number): void;
}

/** One finding of a detector; never the found text itself. */
export interface Detection {
  readonly kind: 'pii' | 'jailbreak';
  /** PII type or jailbreak family. */
  readonly type: string;
  /** Confidence, 0 to 1. */
  readonly score: number;
}

/** Looks for PII or jailbreak attempts in text. */
export interface Detector {
  readonly kind: 'pii' | 'jailbreak';
  /** Undefined means that the detector could not tell: unknown, never clean. */
  detect(texts: readonly string[]): MaybePromise<readonly Detection[] | undefined>;
}

/** Tells which of the named signals of one kind hold for a text. */
export interface Classifier {
  readonly kind: 'domain' | 'embedding';
  /** Confidence of each signal that holds; undefined when the classifier could not tell. */
  classify(text: string): MaybePromise<ReadonlyMap<string, number> | undefined>;
}

export interface CachedAnswer {
  /** The router's name of the model whose answer was stored. */
  readonly model: string;
  readonly contentType: string;
  readonly body: Buffer;
  readonly usage: Usage | undefined;
}

export interface CacheKey {
  readonly user: string | undefined;
  readonly model: string;
  readonly decision: string;
  readonly body: Buffer;
}

export interface SemanticCache {
  lookup(key: CacheKey): MaybePromise<CachedAnswer | undefined>;
  store(key: CacheKey, answer: CachedAnswer): void;
}
