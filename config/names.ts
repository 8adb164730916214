// Every name that somebody outside this repository depends on: metrics, labels, headers, ports.

export const ports = {
  /** Envoy's listener, in a sidecar and on a developer's machine. */
  envoy: 8801,
  /** ext_proc and gRPC health. */
  extProc: 50051,
  /** Prometheus metrics. */
  metrics: 9190,
  /** Health, readiness, configuration hash, list of models. */
  admin: 8080,
} as const;

/** Request header that our Envoy routes by: the router's name of the selected model. */
export const selectedModelHeader = 'x-selected-model';

/** Namespace of the dynamic metadata that the router returns to Envoy for its access log. */
export const routerMetadataNamespace = 'io.semantic-router';

/** Suffixes of the response headers; `maas_integration.headers.prefix` stands before them. */
export const responseHeaderSuffixes = {
  modelSelected: 'model-selected',
  decision: 'decision',
  category: 'category',
  reasoningEnabled: 'reasoning-enabled',
  cacheHit: 'cache-hit',
  systemPromptInjected: 'system-prompt-injected',
  requestBlocked: 'request-blocked',
  blockReason: 'block-reason',
  piiDetected: 'pii-detected',
  jailbreakDetected: 'jailbreak-detected',
} as const;

/** Response headers of standalone mode, which existing users of semantic-router know. */
export const standaloneResponseHeaders = {
  category: 'x-vsr-selected-category',
  decision: 'x-vsr-selected-decision',
  reasoning: 'x-vsr-selected-reasoning',
  model: 'x-vsr-selected-model',
  systemPromptInjected: 'x-vsr-injected-system-prompt',
  cacheHit: 'x-vsr-cache-hit',
} as const;

/** Client copies of headers with this prefix never reach a filter. */
export const reservedHeaderPrefix = 'x-vsr-';

/** The one header of that prefix that a client may send: what it wants of the semantic cache. */
export const cacheControlHeader = 'x-vsr-cache-control';

/** Decision names that the router gives itself; no configured decision may carry them. */
export const reservedDecisionNames = { default: 'default', pinned: 'pinned' } as const;

/** Label values that stand for many. */
export const overflowLabels = { user: '_overflow', tier: '_invalid' } as const;

/**
 * Response code details, Envoy's word for who answered and why, of answers that are not Envoy's own:
 * their bodies are left alone.
 */
export const localReplyDetails = {
  /** Begins the details of every answer that the router gives itself. */
  routerPrefix: 'router_',
  /** What Envoy puts where the router names none. */
  routerUnnamed: 'ext_proc_local_response',
  /** A refusal of the ext_authz service. */
  authzDenied: 'ext_authz_denied',
  /** No usable answer of that service. */
  authzFailed: 'ext_authz_error',
} as const;
