// The record of what one request used: written once, when it ends, whatever its ending.
import type { IdentitySource } from './caller-identity.ts';
import type { Usage } from './usage.ts';

/** The OpenAI-style endpoints that are metered. */
export type Endpoint = 'chat.completions' | 'completions' | 'embeddings' | 'responses' | 'messages';

/**
 * - `completed`: the whole answer went to the client with a status below 400.
 * - `aborted`: the exchange was cut after the request went upstream, by client, backend or timeout.
 * - `upstream_error`: the backend, or Envoy in its place, answered with 400 or more.
 * - `cache_hit`, `blocked`: the router answered by itself.
 */
export type UsageOutcome = 'completed' | 'aborted' | 'upstream_error' | 'cache_hit' | 'blocked';

/** `reported` by the backend, `estimated` from text, `cached` from a stored answer, or `none`. */
export type UsageSource = 'reported' | 'estimated' | 'cached' | 'none';

/** An exact amount of money. */
export interface Cost {
  /** ISO 4217. */
  readonly currency: string;
  /** In 10^-12 units of the currency. */
  readonly picoUnits: bigint;
}

export interface UsageRecord {
  /** UUIDv7, given when the request began; the same on every delivery of this record. */
  readonly id: string;
  /** The `x-request-id` of the request; may be chosen by the client, so it is data and no key. */
  readonly requestId: string | undefined;
  /** When the request began, milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** Absent in standalone mode. */
  readonly caller:
    | {
        readonly user: string;
        readonly tier: string;
        readonly userSource: IdentitySource;
        readonly tierSource: IdentitySource;
      }
    | undefined;
  readonly endpoint: Endpoint;
  readonly stream: boolean;
  readonly requestedModel: string;
  /** The router's name of the model that answered, or would have. */
  readonly model: string;
  readonly upstreamModel: string;
  readonly decision: string;
  readonly category: string | undefined;
  readonly reasoning: boolean;
  readonly systemPromptInjected: boolean;
  readonly outcome: UsageOutcome;
  /** HTTP status that the client got; undefined when none was seen. */
  readonly status: number | undefined;
  readonly finishReason: string | undefined;
  readonly usage: Usage | undefined;
  readonly usageSource: UsageSource;
  /** Undefined when prices are not calculated or the model has none: unpriced, not free. */
  readonly cost: Cost | undefined;
  /** Whether a cache was asked, and what it said; undefined when no cache was asked. */
  readonly cache: 'hit' | 'miss' | undefined;
  /** PII types seen (never values) and whether a jailbreak was. */
  readonly piiTypes: readonly string[];
  readonly jailbreakDetected: boolean;
  /** Milliseconds, with at most three decimals. */
  readonly durations: {
    /** From the first message to the routing decision. */
    readonly routingMs: number;
    /** To the response headers; undefined when there were none. */
    readonly firstByteMs: number | undefined;
    readonly totalMs: number;
  };
  /** Hash of the configuration that the request was decided by. */
  readonly configHash: string;
}
