// What the stages need from outside, each with a working fake in its contract suite.
import type {
  CategoryAnswer,
  GuardedText,
  JailbreakFinding,
  PiiFinding,
  TaggedSpan,
} from './domain/findings.ts';
export type { TaggedSpan } from './domain/findings.ts';
import type { MaybePromise } from './domain/http.ts';
import type { MeteringPolicy } from './domain/metering-policy.ts';
import type { Unavailable, UnavailableReason } from './domain/unavailable.ts';
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
  | 'classification_failed'
  | 'body_too_large'
  | 'upstream_4xx'
  | 'upstream_5xx'
  | 'parse_error'
  | 'aborted'
  | 'internal';

/** Signals that models compute. */
export type AnalysedSignal = 'embedding' | 'domain' | 'jailbreak' | 'pii';

/** Takes observations that are no usage. None of these calls throws. */
export interface Telemetry {
  /** `model` is a configured name, or empty when none was chosen: never client text. */
  requestError(model: string, reason: ErrorReason): void;
  identityFallback(field: 'user' | 'tier'): void;
  /** Time spent in one stage, in seconds. */
  stageSeconds(stage: string, seconds: number): void;
  /** A signal was computed without its model, or could not be computed at all. */
  signalUnavailable(signal: AnalysedSignal, reason: UnavailableReason): void;
}

export interface ModelCallOptions {
  /** Longest wait for the answer in milliseconds, time in the queue included. */
  readonly deadlineMs?: number;
}

/** What an embedding model makes of one text. */
export interface Embedding {
  /** Of length 1 (L2), so that a dot product is the cosine. */
  readonly vector: Float32Array;
  /** Tokens of the whole text, before anything was left out. */
  readonly tokens: number;
  /** Tokens of these that the model's vocabulary does not have. */
  readonly unknownTokens: number;
  /** Whether the text was longer than the model takes: the vector is of its head and its tail then. */
  readonly truncated: boolean;
}

/** Turns a text into a vector. Never rejects. */
export interface Embedder {
  /** Name of the model and digest of its weights: vectors of different ids must not be compared. */
  readonly id: string;
  readonly dimensions: number;
  embed(text: string, options?: ModelCallOptions): Promise<Embedding | Unavailable>;
}

/** Marks stretches of text, whole words only; all of a long text, by overlapping windows. Never rejects. */
export interface TokenClassifier {
  readonly id: string;
  readonly labels: readonly string[];
  tag(text: string, options?: ModelCallOptions): Promise<readonly TaggedSpan[] | Unavailable>;
}

/** Gives each of its labels a probability, the worst window of a long text. Never rejects. */
export interface TextClassifier {
  readonly id: string;
  readonly labels: readonly string[];
  classify(
    text: string,
    options?: ModelCallOptions,
  ): Promise<ReadonlyMap<string, number> | Unavailable>;
}

/** The vector of a text, computed once for each text of a request. Never rejects. */
export type EmbedText = (text: string) => Promise<Embedding | Unavailable>;

/** Tells the domain of a text. Never rejects. */
export interface CategoryClassifier {
  readonly labels: readonly string[];
  classify(text: string, embed: EmbedText): Promise<CategoryAnswer | Unavailable>;
}

/** Tells whether texts try to break what the operator of a model forbids. Never rejects. */
export interface JailbreakDetector {
  detect(texts: readonly GuardedText[], embed: EmbedText): Promise<JailbreakFinding | Unavailable>;
}

/** Finds personal data in texts. Never rejects. */
export interface PiiDetector {
  find(texts: readonly string[]): Promise<PiiFinding | Unavailable>;
}

/** What there is to analyse prompts with; what is left out is unknown. */
export interface Analysers {
  readonly embedder?: Embedder | undefined;
  readonly categories?: CategoryClassifier | undefined;
  readonly jailbreak?: JailbreakDetector | undefined;
  readonly pii?: PiiDetector | undefined;
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

/** How the ledger is doing. Counts are since the process began. */
export interface LedgerStats {
  /** `degraded`: records cannot be written now; they wait in memory and are tried again. */
  readonly state: 'ok' | 'degraded';
  /** What went wrong last, as a code such as `ENOSPC`; undefined while `ok`. */
  readonly problem: string | undefined;
  /** Records taken, duplicates not counted. */
  readonly records: number;
  /** Records taken that are not yet as safe as the ledger makes them. */
  readonly pending: number;
  /** Records lost because too many waited. */
  readonly dropped: number;
  /** Failed attempts to write. */
  readonly errors: number;
  /** Bytes that the ledger keeps, all segments together. */
  readonly bytes: number;
  /** Bytes removed, oldest first, to stay within its limit. */
  readonly removedBytes: number;
}

/** The append-only list of usage records. */
export interface Ledger {
  /**
   * Takes a record. `duplicate`: one with this id was taken before, so nothing was done. `dropped`:
   * it could not be kept. Never throws.
   */
  append(record: UsageRecord): 'taken' | 'duplicate' | 'dropped';
  /** Resolves when every record taken so far was tried once more, be it in vain: see `stats`. */
  flush(): Promise<void>;
  /** Flushes and lets go of files; later records are dropped. */
  close(): Promise<void>;
  stats(): LedgerStats;
}

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** What a log message is about. Never prompts, completions, headers, tokens or credentials. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Messages are constant; what varies is in the fields. No call throws or waits for the reader. */
export interface Log {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** To be asked before fields are prepared that cost something. */
  isEnabled(level: LogLevel): boolean;
}

/** Decodes a compressed body beside its way to the client. */
export interface ContentDecoder {
  write(chunk: Buffer): void;
  /** Resolves when everything that can be decoded of what was written was handed on. */
  end(): Promise<void>;
}

/**
 * A decoder for a `content-encoding`; undefined where nobody here knows it. `onData` gets the
 * decoded bytes in order. Broken or excessive input ends the decoding and throws nothing.
 */
export type DecoderFactory = (
  encoding: string,
  onData: (chunk: Buffer) => void,
) => ContentDecoder | undefined;
