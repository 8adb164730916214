// How requests of one decision may be answered from the cache: plain values, made once for each
// configuration.

export interface CachePolicy {
  /** The loosest match that counts: identical, equal but for small words, or similar in meaning. */
  readonly mode: 'exact' | 'canonical' | 'semantic';
  /** Smallest cosine of a semantic match, 0 to 1. */
  readonly threshold: number;
  /** How a semantic match is verified beyond its cosine. */
  readonly verifier: 'strict' | 'balanced' | 'off';
  /** Whose answers a caller may get: its own, or everybody's. */
  readonly scope: 'user' | 'global';
  /** How long an answer may be given again; undefined: as long as it is kept. */
  readonly ttlMs: number | undefined;
  /** Highest sampling temperature of requests that are answered from the cache. */
  readonly maxTemperature: number;
  /** Longest prompt in tokens of the embedding model that may match by meaning. */
  readonly maxPromptTokens: number;
  /** With more user messages than this, only identical conversations match. */
  readonly maxUserTurns: number;
  readonly maxRequestBytes: number;
  readonly maxAnswerBytes: number;
  /** Share of hits that are sent upstream all the same, to compare the answers; 0 to 1. */
  readonly shadowRatio: number;
  /** How long a request waits for an identical one that is on its way, at most. */
  readonly waitMs: number;
  /** Whether answers from the cache show the tokens that the stored answer took, or none. */
  readonly usageOfHits: 'original' | 'zero';
  /** Part of every key, so that another one begins an empty cache. */
  readonly namespace: string;
  /** Hash of everything else in the configuration that an answer depends on. */
  readonly revision: string;
}
