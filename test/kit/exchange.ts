// The pipeline without a transport: exchanges over working stand-ins for everything outside, which
// keep what they were given for a test to look at.
import { routerConfigSchema, type RouterConfig } from '../../config/schema/index.ts';
import { createContentDecoder } from '../../dataplane/adapters/content-decoder/create-content-decoder.ts';
import type { HeaderList, ProxyFacts, RequestHead } from '../../dataplane/domain/http.ts';
import type { MeteringPolicy } from '../../dataplane/domain/metering-policy.ts';
import type { UsageRecord } from '../../dataplane/domain/usage-record.ts';
import type { Exchange } from '../../dataplane/pipeline/exchange.ts';
import { openExchange } from '../../dataplane/pipeline/open-exchange.ts';
import type { Analysers, LogFields, SemanticCache, Telemetry } from '../../dataplane/ports.ts';
import { compileRuntime } from '../../dataplane/runtime/compile.ts';
import type { SignalParts } from '../../dataplane/runtime/compile-signals.ts';
import { createCurrentRuntime, type CurrentRuntime } from '../../dataplane/runtime/current.ts';
import { RequestFacts } from '../../dataplane/stages/request-facts.ts';
import type { StageDeps } from '../../dataplane/stages/stage.ts';

/** Headers from pairs, as a transport would give them. */
export function headerList(pairs: readonly (readonly [string, string])[]): HeaderList {
  return {
    get: (name) => pairs.find(([key]) => key === name)?.[1],
    startingWith: (prefix) => pairs.flatMap(([key]) => (key.startsWith(prefix) ? [key] : [])),
    raw: (name) => pairs.filter(([key]) => key === name).map(([, value]) => Buffer.from(value)),
  };
}

export interface HeadOptions {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: readonly (readonly [string, string])[];
  /** Namespace to dotted path to value. */
  readonly metadata?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
  readonly attributes?: Readonly<Record<string, string>>;
}

export function requestHead(options: HeadOptions = {}): RequestHead {
  const facts: ProxyFacts = {
    metadata: (namespace, path) => {
      const value = options.metadata?.[namespace]?.[path];
      return typeof value === 'string' ? value : undefined;
    },
    metadataList: (namespace, path) => {
      const value = options.metadata?.[namespace]?.[path];
      return typeof value === 'string' ? undefined : value;
    },
    attribute: (name) => options.attributes?.[name],
  };
  return {
    headers: headerList([
      [':method', options.method ?? 'POST'],
      [':path', options.path ?? '/v1/chat/completions'],
      ['content-type', 'application/json'],
      ['x-request-id', 'request-1'],
      ...(options.headers ?? []),
    ]),
    facts,
    endOfStream: false,
  };
}

/** A configuration with two models, one keyword decision, and what `overrides` adds or replaces. */
export function testConfig(overrides: object = {}): RouterConfig {
  return routerConfigSchema.parse({
    default_model: 'small',
    vllm_endpoints: [{ name: 'local', address: '127.0.0.1', port: 8000 }],
    reasoning_families: { qwen: { type: 'chat_template_kwargs', parameter: 'enable_thinking' } },
    model_config: {
      small: { pricing: { prompt_per_1m: '0.10', completion_per_1m: '0.40' } },
      big: {
        upstream_model: 'vendor/big-v2',
        reasoning_family: 'qwen',
        pricing: { prompt_per_1m: '2.5', completion_per_1m: '10' },
      },
    },
    keyword_rules: [{ name: 'math', operator: 'OR', keywords: ['integral', 'prove'] }],
    decisions: [
      {
        name: 'math_decision',
        priority: 10,
        rules: { operator: 'AND', conditions: [{ type: 'keyword', name: 'math' }] },
        modelRefs: [{ model: 'big', use_reasoning: true }],
      },
    ],
    ...overrides,
  });
}

export interface Observed {
  readonly records: UsageRecord[];
  readonly policies: MeteringPolicy[];
  readonly errors: string[];
  readonly fallbacks: string[];
  readonly logged: (readonly [string, LogFields | undefined])[];
}

export interface ExchangeFixture extends Observed {
  readonly current: CurrentRuntime;
  open(): Exchange;
}

export interface FixtureParts {
  readonly analysers?: Analysers;
  readonly cache?: SemanticCache;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** What models tell; nothing when left out. */
  readonly promptFacts?: StageDeps['promptFacts'];
  readonly signals?: SignalParts;
}

export function exchangeFixture(
  config: RouterConfig = testConfig(),
  parts: FixtureParts = {},
): ExchangeFixture {
  const seen: Observed = { records: [], policies: [], errors: [], fallbacks: [], logged: [] };
  let time = 1000;
  let ids = 0;
  const current = createCurrentRuntime(
    compileRuntime({ config, hash: 'hash-1', loadedAtMs: 0, parts: parts.signals ?? {} }),
  );
  const log = (message: string, fields?: LogFields): void => {
    seen.logged.push([message, fields]);
  };
  const telemetry: Telemetry = {
    requestError: (model, reason) => {
      seen.errors.push(`${model}:${reason}`);
    },
    identityFallback: (field) => {
      seen.fallbacks.push(field);
    },
    stageSeconds: () => undefined,
    signalUnavailable: (signal, reason) => {
      seen.errors.push(`${signal}:${reason}`);
    },
  };
  return {
    ...seen,
    current,
    open: () =>
      openExchange({
        clock: { now: parts.now ?? (() => 1_700_000_000_000), monotonic: () => (time += 1) },
        ids: { next: () => `id-${(ids += 1)}` },
        telemetry,
        usage: {
          record: (record, policy) => {
            seen.records.push(record);
            seen.policies.push(policy);
          },
        },
        decoder: createContentDecoder,
        promptFacts:
          parts.promptFacts ??
          ((request) => new RequestFacts(request, parts.analysers ?? {}, telemetry)),
        embedder: parts.analysers?.embedder,
        cache: () => parts.cache,
        log: { error: log, warn: log, info: log, debug: log, isEnabled: () => true },
        pin: () => current.pin(),
      }),
  };
}
