// The compiled, immutable form of one configuration: everything a request needs, ready to use.
// Nothing in it changes after `compileRuntime`; a reload makes a new one.
import type { RouterConfig } from '../../config/schema/index.ts';
import type { CachePolicy } from '../domain/cache/policy.ts';
import type { CompiledDecisions } from '../domain/compiled-decisions.ts';
import type { JailbreakPolicy, PiiPolicy } from '../domain/guard-verdict.ts';
import type { ImmediateAnswer } from '../domain/http.ts';
import type { MeteringPolicy } from '../domain/metering-policy.ts';
import type { Price } from '../domain/money.ts';
import type { CompiledSignals } from '../domain/signals/compiled-signals.ts';

/** One model that requests can be routed to. */
export interface Model {
  /** The router's name: what metrics, headers and routes carry. */
  readonly name: string;
  /** What the backend knows it by. */
  readonly upstreamModel: string;
  readonly reasoningFamily:
    { readonly type: ReasoningFamilyType; readonly parameter: string } | undefined;
  /** Undefined: unpriced, which is not free. */
  readonly price: Price | undefined;
}

export type ReasoningFamilyType = RouterConfig['reasoning_families'][string]['type'];
export type ReasoningEffort = RouterConfig['default_reasoning_effort'];

export interface SystemPrompt {
  readonly text: string;
  readonly mode: 'replace' | 'insert';
}

export interface HeaderPlugin {
  /** Set where the request has none. */
  readonly add: readonly (readonly [name: string, value: string])[];
  /** Set, replacing what the request has. */
  readonly update: readonly (readonly [name: string, value: string])[];
  readonly remove: readonly string[];
}

/** A guard's policy, and the model that answers where it routes. */
export type GuardOf<Policy> = Policy & {
  /** Undefined unless the action is `route`. */
  readonly elsewhere: Model | undefined;
};

/** What is looked for in a request, and what is done about it; undefined: nobody looks. */
export interface GuardPlan {
  readonly jailbreak: GuardOf<JailbreakPolicy> | undefined;
  readonly pii: GuardOf<PiiPolicy> | undefined;
}

/** What a matched decision leads to. */
export interface RoutePlan {
  readonly decision: string;
  readonly model: Model;
  /** The id sent upstream: the model's, or a LoRA adapter of it. */
  readonly upstreamModel: string;
  readonly reasoning: { readonly enabled: boolean; readonly effort: ReasoningEffort } | undefined;
  readonly systemPrompt: SystemPrompt | undefined;
  readonly headerPlugin: HeaderPlugin | undefined;
  readonly guards: GuardPlan;
  /** Undefined: neither looked up nor kept. */
  readonly cache: CachePolicy | undefined;
}

/** Where the caller identity comes from; exactly one kind of source is believed. */
export interface IdentityPlan {
  readonly source: 'metadata' | 'attributes' | 'headers';
  /** Metadata namespace; empty for the other sources. */
  readonly namespace: string;
  /** Metadata path, attribute name or header name. */
  readonly user: string;
  readonly tier: string;
  /** Undefined: nobody tells groups. */
  readonly groups: string | undefined;
  readonly fallbackUser: string;
  readonly fallbackTier: string;
  readonly rejectsMissing: boolean;
  /** Request headers that must not reach a backend. */
  readonly headers: readonly string[];
}

/** Names of the response headers, by what they say; undefined where one is not sent. */
export interface ResponseHeaderNames {
  readonly model: string | undefined;
  readonly decision: string | undefined;
  readonly category: string | undefined;
  readonly reasoning: string | undefined;
  readonly systemPromptInjected: string | undefined;
  readonly cacheHit: string | undefined;
  /** Whether `cacheHit` also says that an answer is no hit. */
  readonly tellsMisses: boolean;
  readonly requestBlocked: string | undefined;
  readonly blockReason: string | undefined;
  readonly piiDetected: string | undefined;
  readonly jailbreakDetected: string | undefined;
  /** Names that only the router may set, beside the reserved prefix; the backend's are removed. */
  readonly reserved: readonly string[];
}

export interface Runtime {
  readonly config: RouterConfig;
  /** Content hash of the file it came from. */
  readonly hash: string;
  readonly loadedAtMs: number;
  /** Absent in standalone mode. */
  readonly identity: IdentityPlan | undefined;
  readonly models: ReadonlyMap<string, Model>;
  readonly autoModelNames: ReadonlySet<string>;
  /** Plan of each decision by name. */
  readonly plans: ReadonlyMap<string, RoutePlan>;
  /** Plan where no decision matches. */
  readonly defaultPlan: RoutePlan;
  /** Plan for a model that the client named, by the router's name of it. */
  readonly pinnedPlans: ReadonlyMap<string, RoutePlan>;
  /** Whether personal data is looked for whichever decision wins, and where none does. */
  readonly alwaysFindsPii: boolean;
  readonly decisions: CompiledDecisions;
  /** The signals that some decision refers to. */
  readonly signals: CompiledSignals;
  readonly responseHeaders: ResponseHeaderNames;
  readonly metering: MeteringPolicy;
  readonly hidesForcedUsage: boolean;
  readonly maxRequestBodyBytes: number;
  /** The answer to GET /v1/models. */
  readonly modelList: ImmediateAnswer;
}
