// What the stages need from outside, each with a working fake in its contract suite.
import type { StoreRefusal } from './domain/cache/answer/assembled-answer.ts';
import type { BypassReason, SimilarSkip } from './domain/cache/bypass.ts';
import type { AnswerLikeness } from './domain/cache/compare-answers.ts';
import type { Flights } from './domain/cache/flights.ts';
import type { Partition, UserHash } from './domain/cache/key.ts';
import type { Match } from './domain/cache/match-prompts.ts';
import type {
  CategoryAnswer,
  Embedding,
  GuardedText,
  JailbreakFinding,
  PiiFinding,
  TaggedSpan,
} from './domain/findings.ts';
export type { Embedding, TaggedSpan } from './domain/findings.ts';
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

/** Why an operation of a store came to nothing. */
export type StoreProblem = Extract<UnavailableReason, 'deadline' | 'failed' | 'overloaded'>;

/** A prompt as a vector of length 1, for comparisons with others of the same space. */
export interface PromptVector {
  /** Id of the embedding model: vectors of different spaces are never compared. */
  readonly space: string;
  readonly values: Float32Array;
}

/** An answer as it is kept. */
export interface StoredAnswer {
  /** Names it within its partition; one answer is kept under each. */
  readonly exact: string;
  /** Names what reads alike; of several the latest is found. Undefined: only identical requests. */
  readonly canonical: string | undefined;
  /** The prompt that it answers, for the verifier; undefined where only identical requests count. */
  readonly prompt: string | undefined;
  readonly vector: PromptVector | undefined;
  /** The router's name of the model that answered. */
  readonly model: string;
  readonly usage: Usage | undefined;
  /** An `AssembledAnswer` as JSON. */
  readonly answer: Buffer;
  /** Milliseconds since the epoch. */
  readonly storedAtMs: number;
  /** From then on it is not given any more; undefined: never. */
  readonly expiresAtMs: number | undefined;
}

export interface FoundAnswer {
  readonly match: 'exact' | 'canonical';
  readonly stored: StoredAnswer;
}

export interface Neighbour {
  /** Cosine, -1 to 1. */
  readonly similarity: number;
  readonly stored: StoredAnswer;
}

export interface NearestQuery {
  readonly vector: PromptVector;
  /** Smallest similarity that counts. */
  readonly atLeast: number;
  /** How many are wanted, at most. */
  readonly limit: number;
}

/** How a store is doing. */
export interface StoreStats {
  readonly backend: 'memory' | 'redis' | 'postgres';
  /** `degraded`: it failed lately, and every lookup is a miss until it is tried again. */
  readonly state: 'ok' | 'degraded';
  /** What went wrong last, for people; undefined while `ok`. Never holds a credential. */
  readonly problem: string | undefined;
  /** Answers kept; undefined where others keep them too and nobody has counted. */
  readonly entries: number | undefined;
  /** Bytes that they take, all included; undefined as above. */
  readonly bytes: number | undefined;
}

/**
 * Where answers are kept. Nothing crosses partitions. No call throws or rejects, or takes longer than
 * the store's deadline: what fails is unavailable, and the request goes on without the cache.
 */
export interface AnswerStore {
  /** Whether a find is over at once, so that one more costs nothing. */
  readonly isLocal: boolean;
  /** By the exact name before the canonical one. What has expired is not found. */
  find(
    partition: Partition,
    names: Pick<StoredAnswer, 'exact' | 'canonical'>,
  ): MaybePromise<FoundAnswer | undefined | Unavailable>;
  /** The nearest of a partition, nearest first. */
  nearest(
    partition: Partition,
    query: NearestQuery,
  ): MaybePromise<readonly Neighbour[] | Unavailable>;
  /** Keeps an answer, in the place of one of the same exact name. */
  put(partition: Partition, stored: StoredAnswer): MaybePromise<Unavailable | undefined>;
  stats(): StoreStats;
  /** Lets go of connections; afterwards everything is unavailable. */
  close(): Promise<void>;
}

/** Takes observations about the cache. None of these calls throws. */
export interface CacheTelemetry {
  /** How a lookup ended; `flight`: by the answer to an identical request that was on its way. */
  lookup(result: Match | 'flight' | 'miss'): void;
  /** A request that was neither looked up nor stored. */
  bypass(reason: BypassReason): void;
  /** A request that only an identical one could have been answered for. */
  similarSkip(reason: SimilarSkip): void;
  storeProblem(operation: 'find' | 'nearest' | 'put', problem: StoreProblem): void;
  /** What became of an answer that could have been kept. */
  answer(result: 'stored' | StoreRefusal): void;
  /** How a new answer compares with the one that would have been given. */
  shadow(match: Match, likeness: AnswerLikeness): void;
  /** An answer made room for others. */
  eviction(): void;
}

/** An answer as it is given again. */
export type GivenAnswer = Pick<StoredAnswer, 'model' | 'usage' | 'answer' | 'storedAtMs'>;

/** The semantic cache: what stages need of it. It outlives configurations. */
export interface SemanticCache {
  readonly store: AnswerStore;
  readonly flights: Flights<GivenAnswer>;
  readonly telemetry: CacheTelemetry;
  hashUser(user: string): UserHash;
  /** At least 0, less than 1. */
  random(): number;
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
