// Every metric of the router: name, labels and meaning, for the program that counts, for dashboards
// and rules, and for docs/metrics.md. Times are seconds, amounts are of their currency's unit.

export interface MetricDefinition<Labels extends readonly string[] = readonly string[]> {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: Labels;
}

export interface CounterDefinition<
  Labels extends readonly string[] = readonly string[],
> extends MetricDefinition<Labels> {
  readonly type: 'counter';
}

export interface GaugeDefinition<
  Labels extends readonly string[] = readonly string[],
> extends MetricDefinition<Labels> {
  readonly type: 'gauge';
}

export interface HistogramDefinition<
  Labels extends readonly string[] = readonly string[],
> extends MetricDefinition<Labels> {
  readonly type: 'histogram';
  /** Upper bounds, rising, without the last one, which is infinite. */
  readonly buckets: readonly number[];
}

/**
 * MaaS and hybrid mode. The first seven are what MaaS-billing reads: their names and labels are
 * fixed, and whatever else is to be said gets a metric of its own.
 */
export const maasMetrics = {
  tokens: {
    name: 'semantic_router_tokens_total',
    type: 'counter',
    help: 'Tokens that a backend spent and reported, by type: prompt or completion.',
    labels: ['user', 'tier', 'model', 'type'],
  },
  requests: {
    name: 'semantic_router_requests_total',
    type: 'counter',
    help: 'Requests that reached a routing decision, whatever their ending.',
    labels: ['user', 'tier', 'model', 'decision'],
  },
  cacheHits: {
    name: 'semantic_router_cache_hits_total',
    type: 'counter',
    help: 'Requests answered from the semantic cache, by the model whose answer was stored.',
    labels: ['user', 'tier', 'model'],
  },
  cacheMisses: {
    name: 'semantic_router_cache_misses_total',
    type: 'counter',
    help: 'Requests for which the semantic cache was asked in vain.',
    labels: ['user', 'tier', 'model'],
  },
  piiDetections: {
    name: 'semantic_router_pii_detections_total',
    type: 'counter',
    help: 'Requests in which personal data of this type was found, once a request and type.',
    labels: ['user', 'tier', 'pii_type'],
  },
  jailbreakDetections: {
    name: 'semantic_router_jailbreak_detections_total',
    type: 'counter',
    help: 'Requests in which a jailbreak attempt was found.',
    labels: ['user', 'tier'],
  },
  reasoningRequests: {
    name: 'semantic_router_reasoning_requests_total',
    type: 'counter',
    help: 'Requests that were sent with reasoning mode on.',
    labels: ['user', 'tier', 'model'],
  },
  cachedTokens: {
    name: 'semantic_router_cached_tokens_total',
    type: 'counter',
    help: 'Tokens of answers from the semantic cache, which no backend spent.',
    labels: ['user', 'tier', 'model', 'type'],
  },
  estimatedTokens: {
    name: 'semantic_router_estimated_tokens_total',
    type: 'counter',
    help: 'Tokens estimated from text because the backend reported none.',
    labels: ['user', 'tier', 'model', 'type'],
  },
  usageMissing: {
    name: 'semantic_router_usage_missing_total',
    type: 'counter',
    help: 'Completed answers in which the backend reported no usage.',
    labels: ['model'],
  },
  identityFallback: {
    name: 'semantic_router_identity_fallback_total',
    type: 'counter',
    help: 'Requests without a valid user or tier, for which the fallback stood in or which were refused.',
    labels: ['field'],
  },
  overflowRequests: {
    name: 'semantic_router_overflow_requests_total',
    type: 'counter',
    help: 'Requests counted under a label value that stands for many: user _overflow or tier _invalid.',
    labels: ['label'],
  },
} as const satisfies Record<string, CounterDefinition>;

/** Standalone mode: the names that existing dashboards of semantic-router read. */
export const standaloneMetrics = {
  requests: {
    name: 'llm_model_requests_total',
    type: 'counter',
    help: 'Requests that reached a routing decision, whatever their ending.',
    labels: ['model'],
  },
  tokens: {
    name: 'llm_model_tokens_total',
    type: 'counter',
    help: 'Tokens that a backend spent and reported, prompt and completion together.',
    labels: ['model'],
  },
  promptTokens: {
    name: 'llm_model_prompt_tokens_total',
    type: 'counter',
    help: 'Prompt tokens that a backend spent and reported.',
    labels: ['model'],
  },
  completionTokens: {
    name: 'llm_model_completion_tokens_total',
    type: 'counter',
    help: 'Completion tokens that a backend spent and reported.',
    labels: ['model'],
  },
  cachedPromptTokens: {
    name: 'llm_model_cached_prompt_tokens_total',
    type: 'counter',
    help: 'The part of the prompt tokens that the backend took from its own prefix cache.',
    labels: ['model'],
  },
  reasoningTokens: {
    name: 'llm_model_reasoning_tokens_total',
    type: 'counter',
    help: 'The part of the completion tokens that was reasoning.',
    labels: ['model'],
  },
  estimatedTokens: {
    name: 'llm_model_estimated_tokens_total',
    type: 'counter',
    help: 'Tokens estimated from text because the backend reported none.',
    labels: ['model', 'type'],
  },
  usageMissing: {
    name: 'llm_model_usage_missing_total',
    type: 'counter',
    help: 'Completed answers in which the backend reported no usage.',
    labels: ['model'],
  },
  cacheHits: {
    name: 'llm_cache_hits_total',
    type: 'counter',
    help: 'Requests answered from the semantic cache.',
    labels: [],
  },
  cacheMisses: {
    name: 'llm_cache_misses_total',
    type: 'counter',
    help: 'Requests for which the semantic cache was asked in vain.',
    labels: [],
  },
} as const satisfies Record<string, CounterDefinition>;

/** Where the router prices tokens itself: standalone and hybrid mode. */
export const costMetrics = {
  cost: {
    name: 'llm_model_cost_total',
    type: 'counter',
    help: 'What the reported tokens cost, in units of the currency.',
    labels: ['model', 'currency'],
  },
  unpriced: {
    name: 'llm_model_unpriced_requests_total',
    type: 'counter',
    help: 'Requests whose reported tokens have no price: missing from the cost, not free.',
    labels: ['model'],
  },
} as const satisfies Record<string, CounterDefinition>;

// Go's default buckets, which dashboards of peers expect, and what long answers need beyond them.
const answerBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300,
] as const;

export const latencyMetrics = {
  completion: {
    name: 'llm_model_completion_latency_seconds',
    type: 'histogram',
    help: 'Time of a completed answer, from the request to the last byte.',
    labels: ['model'],
    buckets: answerBuckets,
  },
  timeToFirstToken: {
    name: 'llm_model_ttft_seconds',
    type: 'histogram',
    help: 'Time of a completed answer to its response headers.',
    labels: ['model'],
    buckets: answerBuckets,
  },
  timePerOutputToken: {
    name: 'llm_model_tpot_seconds',
    type: 'histogram',
    help: 'Mean time between two completion tokens of a completed stream.',
    labels: ['model'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
  },
  routing: {
    name: 'llm_model_routing_latency_seconds',
    type: 'histogram',
    help: 'Time from the first message of a request to its routing decision.',
    labels: [],
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5],
  },
} as const satisfies Record<string, HistogramDefinition>;

export const pipelineMetrics = {
  requestErrors: {
    name: 'llm_request_errors_total',
    type: 'counter',
    help: 'Requests that went wrong, by reason; the model is empty where none was chosen.',
    labels: ['model', 'reason'],
  },
  stageSeconds: {
    name: 'llm_stage_seconds_total',
    type: 'counter',
    help: 'Time spent in each stage of the pipeline.',
    labels: ['stage'],
  },
  stageRuns: {
    name: 'llm_stage_runs_total',
    type: 'counter',
    help: 'How often each stage of the pipeline ran.',
    labels: ['stage'],
  },
  signalsUnavailable: {
    name: 'llm_signals_unavailable_total',
    type: 'counter',
    help: 'Times that a model could not tell, by signal and reason; what it would have told is unknown.',
    labels: ['signal', 'reason'],
  },
} as const satisfies Record<string, CounterDefinition>;

export const signalModelMetrics = {
  ready: {
    name: 'signal_model_ready',
    type: 'gauge',
    help: 'Whether a model answers, by what it is for: 1, or 0 where words and rules alone tell.',
    labels: ['model'],
  },
  waiting: {
    name: 'signal_model_waiting_calls',
    type: 'gauge',
    help: 'Calls of a model that wait or are computed now.',
    labels: ['model'],
  },
  crashes: {
    name: 'signal_model_crashes_total',
    type: 'counter',
    help: 'Workers of a model that died, or that hung and were given up.',
    labels: ['model'],
  },
} as const satisfies Record<string, GaugeDefinition | CounterDefinition>;

/** What becomes of requests and answers at the semantic cache, in every mode. */
export const cacheMetrics = {
  lookups: {
    name: 'semantic_cache_lookups_total',
    type: 'counter',
    help: 'Lookups, by what was found: exact, canonical, semantic, flight or miss.',
    labels: ['result'],
  },
  bypasses: {
    name: 'semantic_cache_bypass_total',
    type: 'counter',
    help: 'Requests that were neither looked up nor kept, by reason.',
    labels: ['reason'],
  },
  similarSkips: {
    name: 'semantic_cache_similar_skipped_total',
    type: 'counter',
    help: 'Lookups in which only an identical request counted, by reason.',
    labels: ['reason'],
  },
  answers: {
    name: 'semantic_cache_answers_total',
    type: 'counter',
    help: 'Answers to requests that were looked up, by whether they were stored or why not.',
    labels: ['result'],
  },
  storeProblems: {
    name: 'semantic_cache_store_errors_total',
    type: 'counter',
    help: 'Operations of the store that came to nothing, by operation and reason.',
    labels: ['operation', 'reason'],
  },
  shadows: {
    name: 'semantic_cache_shadow_total',
    type: 'counter',
    help: 'Hits that were sent upstream all the same, by match and by how alike both answers are.',
    labels: ['match', 'likeness'],
  },
  evictions: {
    name: 'semantic_cache_evictions_total',
    type: 'counter',
    help: 'Answers in memory that made room for others.',
    labels: [],
  },
  entries: {
    name: 'semantic_cache_entries',
    type: 'gauge',
    help: 'Answers in the store, where it counts them.',
    labels: ['backend'],
  },
  size: {
    name: 'semantic_cache_size_bytes',
    type: 'gauge',
    help: 'Bytes that they take, where the store counts them.',
    labels: ['backend'],
  },
  degraded: {
    name: 'semantic_cache_degraded',
    type: 'gauge',
    help: 'Whether the store does not answer now: 1 or 0.',
    labels: ['backend'],
  },
} as const satisfies Record<string, CounterDefinition | GaugeDefinition>;

export const configMetrics = {
  reloads: {
    name: 'config_reload_total',
    type: 'counter',
    help: 'Times the configuration file was read, by result: success or failure.',
    labels: ['result'],
  },
  lastSuccess: {
    name: 'config_last_reload_success_timestamp_seconds',
    type: 'gauge',
    help: 'When the configuration in force was loaded.',
    labels: [],
  },
  info: {
    name: 'config_info',
    type: 'gauge',
    help: 'The hash of the configuration in force; always 1.',
    labels: ['hash'],
  },
} as const satisfies Record<string, CounterDefinition | GaugeDefinition>;

export const ledgerMetrics = {
  records: {
    name: 'usage_ledger_records_total',
    type: 'counter',
    help: 'Usage records that the ledger took.',
    labels: [],
  },
  pending: {
    name: 'usage_ledger_pending_records',
    type: 'gauge',
    help: 'Usage records in memory that are not yet as safe as usage_ledger.durability asks.',
    labels: [],
  },
  dropped: {
    name: 'usage_ledger_dropped_records_total',
    type: 'counter',
    help: 'Usage records lost because too many waited for a ledger that could not be written.',
    labels: [],
  },
  errors: {
    name: 'usage_ledger_write_errors_total',
    type: 'counter',
    help: 'Failed attempts to write the ledger.',
    labels: [],
  },
  degraded: {
    name: 'usage_ledger_degraded',
    type: 'gauge',
    help: 'Whether the ledger cannot be written now: 1 or 0.',
    labels: [],
  },
  size: {
    name: 'usage_ledger_size_bytes',
    type: 'gauge',
    help: 'Size of all ledger files together.',
    labels: [],
  },
  removed: {
    name: 'usage_ledger_removed_bytes_total',
    type: 'counter',
    help: 'Size of the oldest ledger files, removed to stay within usage_ledger.max_bytes.',
    labels: [],
  },
} as const satisfies Record<string, CounterDefinition | GaugeDefinition>;

export const logMetrics = {
  dropped: {
    name: 'log_lines_dropped_total',
    type: 'counter',
    help: 'Log lines lost because standard output was not read fast enough.',
    labels: [],
  },
} as const satisfies Record<string, CounterDefinition>;
