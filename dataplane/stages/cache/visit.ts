// One request's dealings with the cache: what it is looked up by, and what may become of its answer.
import type { AssembledAnswer } from '../../domain/cache/answer/assembled-answer.ts';
import type { BypassReason, SimilarSkip } from '../../domain/cache/bypass.ts';
import type { Flight } from '../../domain/cache/flights.ts';
import type { CacheKey } from '../../domain/cache/key.ts';
import type { Match } from '../../domain/cache/match-prompts.ts';
import type { CachePolicy } from '../../domain/cache/policy.ts';
import type { PromptReading } from '../../domain/cache/reading/reading.ts';
import type { GivenAnswer, PromptVector } from '../../ports.ts';

/** What a request is looked up by. */
export interface Prepared {
  readonly policy: CachePolicy;
  readonly partition: CacheKey['partition'];
  readonly exact: string;
  readonly mayRead: boolean;
  readonly mayStore: boolean;
  /** Oldest answer that will do, in milliseconds. */
  readonly maxAgeMs: number | undefined;
  /** How long the answer may be kept; undefined: as long as there is room. */
  readonly ttlMs: number | undefined;
  /** The prompt where similar ones may stand for it; else why not, undefined by the policy. */
  readonly prompt: Comparable | SimilarSkip | undefined;
}

/** A prompt that may be compared with others. */
export interface Comparable {
  readonly text: string;
  readonly reading: PromptReading;
  /** Equal for prompts that differ in small words; undefined where that would mean nothing. */
  readonly canonical: string | undefined;
}

export interface Bypassed {
  readonly bypass: BypassReason;
}

/** What outlives the lookup, for the answer's sake. */
export interface CacheVisit {
  readonly policy: CachePolicy;
  readonly key: CacheKey;
  /** Undefined where only identical requests may get the answer. */
  readonly prompt: string | undefined;
  readonly vector: PromptVector | undefined;
  /** Whether the cache was asked. */
  readonly wasAsked: boolean;
  readonly mayStore: boolean;
  readonly ttlMs: number | undefined;
  /** Others wait for the answer. */
  readonly flight: Flight<GivenAnswer> | undefined;
  /** What would have been given; the request went upstream to compare. */
  readonly shadow: { readonly match: Match; readonly answer: AssembledAnswer } | undefined;
}
