// What a stage is: one step of the pipeline, from the state that earlier stages filled to a patch
// for the later ones, or to an answer that ends the request. A stage knows no transport.
import type { Detection } from '../domain/guard-verdict.ts';
import type { ChatRequest } from '../domain/chat-request.ts';
import type { ImmediateAnswer, MaybePromise } from '../domain/http.ts';
import type { PromptFacts } from '../domain/prompt-facts.ts';
import type {
  Clock,
  DecoderFactory,
  Embedder,
  ErrorReason,
  GivenAnswer,
  SemanticCache,
  Telemetry,
  UsageSink,
} from '../ports.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** What every stage may use. The Runtime is the one that the exchange pinned. */
export interface StageDeps {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly usage: UsageSink;
  readonly decoder: DecoderFactory;
  /** The embedding model that answers now; absent: no prompt is compared with others by meaning. */
  readonly embedder: Pick<Embedder, 'id' | 'embed'> | undefined;
  /** What models can tell of a request. */
  readonly promptFacts: (request: ChatRequest) => PromptFacts;
  /** Absent: nothing is looked up or stored. */
  readonly cache: SemanticCache | undefined;
}

export interface Proceed<Patch> {
  readonly kind: 'proceed';
  readonly patch: Patch;
}

/** Why the router answers by itself. */
export type RespondReason =
  | { readonly kind: 'rejected'; readonly error: ErrorReason }
  /** An answer that is no model's, such as the list of models. */
  | { readonly kind: 'served' }
  | {
      readonly kind: 'blocked';
      readonly detections: readonly Detection[];
      readonly reasons: readonly ('jailbreak' | 'pii')[];
    }
  | { readonly kind: 'cache_hit'; readonly answer: GivenAnswer };

export interface Respond {
  readonly kind: 'respond';
  readonly reason: RespondReason;
  readonly answer: ImmediateAnswer;
}

export type StageResult<Patch> = Proceed<Patch> | Respond;

export interface Stage<Needs, Patch extends object> {
  /** The name in DESIGN, metrics and logs. */
  readonly name: string;
  run(state: Needs, deps: StageDeps): MaybePromise<StageResult<Patch>>;
}

export function proceed<Patch>(patch: Patch): Proceed<Patch> {
  return { kind: 'proceed', patch };
}

export function reject(error: ErrorReason, answer: ImmediateAnswer): Respond {
  return { kind: 'respond', reason: { kind: 'rejected', error }, answer };
}
