// The state of an exchange: records that fill in order. Each stage is typed by the records that it
// needs and the one that it adds, so that an order that cannot work does not compile.
import type { BodyPieces } from '../domain/body-pieces.ts';
import type { CallerIdentity } from '../domain/caller-identity.ts';
import type { ChatRequest } from '../domain/chat-request.ts';
import type { Verdict } from '../domain/decide.ts';
import type { Placeholders } from '../domain/pii/placeholders.ts';
import type { HeaderMutation, RequestHead } from '../domain/http.ts';
import type { PromptFacts } from '../domain/prompt-facts.ts';
import type { RequestEdits } from '../domain/rewrite-request.ts';
import type { RequestSignals } from '../domain/signals/request-signals.ts';
import type { Endpoint } from '../domain/usage-record.ts';
import type { Detection } from '../domain/guard-verdict.ts';
import type { RoutePlan } from '../runtime/runtime.ts';
import type { CacheVisit } from './cache/visit.ts';

/** Known when the request headers have come. */
export interface Received {
  /** Id of the exchange and of its usage record. */
  readonly id: string;
  readonly endpoint: Endpoint;
  readonly head: RequestHead;
}

export interface Identified {
  /** Undefined in standalone mode. */
  readonly caller: CallerIdentity | undefined;
  /** Groups of the caller, for decisions alone; undefined where nobody tells them. */
  readonly groups: readonly string[] | undefined;
}

/** Known when the whole body has come. */
export interface WithBody {
  readonly body: Buffer;
}

export interface Parsed {
  readonly request: ChatRequest;
  /** What outlives the body, which is let go of once the request went upstream. */
  readonly asked: { readonly model: string; readonly stream: boolean };
}

export interface Signalled {
  /** What models can tell of the request, for everybody who needs it. */
  readonly facts: PromptFacts;
  readonly signals: RequestSignals;
  readonly verdict: Verdict;
}

export interface Decided {
  /** What would answer; undefined when the client named a model that nobody knows. */
  readonly plan: RoutePlan | undefined;
  /** The domain category that led to the decision. */
  readonly category: string | undefined;
}

export interface Guarded {
  readonly detections: readonly Detection[];
  /** What answers instead, where a guard says so. */
  readonly plan?: RoutePlan | undefined;
  /** Placeholders in the place of personal data. */
  readonly maskEdits: RequestEdits;
  /** Turns placeholders in the answer back; undefined where nothing is to be turned back. */
  readonly placeholders: Placeholders | undefined;
}

export interface LookedUp {
  /** Undefined where the cache has nothing to do with the request. */
  readonly cached: CacheVisit | undefined;
}

export interface Routed {
  readonly route: RoutePlan;
}

export interface Reasoned {
  /** Whether the model was told to reason. */
  readonly reasoning: boolean;
  readonly reasoningEdits: RequestEdits;
}

export interface Prompted {
  readonly systemPromptInjected: boolean;
  readonly promptEdits: RequestEdits;
}

export interface Encoded {
  /** Estimated length of the prompt, for when the backend reports none. */
  readonly promptTokens: number;
  readonly headers: HeaderMutation;
  /** Undefined: the body goes upstream as it came. */
  readonly upstreamBody: BodyPieces | undefined;
  /** Whether the client will get a usage chunk that it did not ask for. */
  readonly usageForced: boolean;
}
