// What the router would do with one prompt, found by sending it through the router's own pipeline:
// nothing is worked out a second time, so the explanation cannot drift from the routing.
import { billingMode, type BillingMode } from '../../config/mode.ts';
import { joinPieces } from '../domain/body-pieces.ts';
import type { CallerIdentity } from '../domain/caller-identity.ts';
import { isRequestProblem, readChatRequest } from '../domain/chat-request.ts';
import { explainDecisions, type ExplainedDecision } from '../domain/explain-decisions.ts';
import { estimatePromptTokens } from '../domain/estimate-tokens.ts';
import type { Detection } from '../domain/guard-verdict.ts';
import type { RequestHead } from '../domain/http.ts';
import { costOf, type Price } from '../domain/money.ts';
import type { FieldEdit } from '../domain/rewrite-request.ts';
import { factsWithoutModels } from '../domain/prompt-facts.ts';
import type { Cost } from '../domain/usage-record.ts';
import { atRequestBody, atRequestHeaders } from '../pipeline/request.ts';
import type { RunnerDeps } from '../pipeline/run.ts';
import type { IdentityPlan, Runtime, SystemPrompt } from '../runtime/runtime.ts';
import type { Telemetry } from '../ports.ts';
import type { Respond, StageDeps } from '../stages/stage.ts';
import { explainSignals, type ExplainedSignal } from './explain-signals.ts';

export interface Question {
  readonly prompt: string;
  /** A conversation in the place of the prompt, which is its last turn of a user then. */
  readonly messages?: readonly { readonly role: string; readonly content: string }[] | undefined;
  /** The model that the client asks for; the first automatic name when undefined. */
  readonly model: string | undefined;
  /** As the gateway would tell them; undefined where it tells nothing. */
  readonly user: string | undefined;
  readonly tier: string | undefined;
  /** Separated by commas. */
  readonly groups?: string | undefined;
  /** Milliseconds since the epoch, for signals about the time. */
  readonly nowMs: number;
  /** Assumed length of the answer. */
  readonly completionTokens: number;
}

export interface Explanation {
  readonly mode: BillingMode;
  readonly requestedModel: string;
  /** Estimated length of the prompt as it came. */
  readonly promptTokens: number;
  /** Undefined in standalone mode, and where the request is refused for want of a caller. */
  readonly caller: CallerIdentity | undefined;
  /** What decisions refer to, by name; empty for a model that the client named. */
  readonly signals: readonly ExplainedSignal[];
  /** As `explainDecisions` orders them; empty for a model that the client named. */
  readonly decisions: readonly ExplainedDecision[];
  /** What the guards found; empty where none looks. */
  readonly findings: readonly Detection[];
  readonly outcome: Refused | Routed;
}

export interface Refused {
  readonly kind: 'refused';
  readonly status: number;
  /** The message that the client gets. */
  readonly message: string;
  /** What a guard blocks it for; empty: it is refused for another reason. */
  readonly blockedFor: readonly Detection['kind'][];
}

export interface Routed {
  readonly kind: 'routed';
  readonly decision: string;
  readonly model: string;
  readonly upstreamModel: string;
  readonly reasoning: boolean;
  /** The field that tells the model, such as `reasoning_effort = "high"`; undefined: none is set. */
  readonly reasoningField: string | undefined;
  readonly systemPrompt: SystemPrompt['mode'] | undefined;
  /** Whether placeholders go upstream in the place of personal data. */
  readonly masked: boolean;
  readonly cost: EstimatedCost;
}

export interface EstimatedCost {
  /** Estimated length of the prompt as it goes upstream, an injected system prompt included. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Undefined: the model has no prices at all. */
  readonly price: Price | undefined;
  /** Undefined: unpriced, which is not free. */
  readonly cost: Cost | undefined;
}

/**
 * Explains one prompt; `promptFacts` are what models tell of it. Rejects when the router itself would
 * fail, which is a bug.
 */
export async function explainPrompt(
  runtime: Runtime,
  question: Question,
  promptFacts: StageDeps['promptFacts'] = factsWithoutModels,
): Promise<Explanation> {
  const requestedModel = question.model ?? runtime.config.auto_model_name[0] ?? '';
  const body = Buffer.from(
    JSON.stringify({
      model: requestedModel,
      messages: question.messages ?? [{ role: 'user', content: question.prompt }],
    }),
  );
  const deps = depsFor(runtime, { promptFacts, nowMs: question.nowMs });
  const start = {
    id: 'explained',
    endpoint: 'chat.completions' as const,
    head: headFor(runtime.identity, question),
  };
  const known = {
    mode: billingMode(runtime.config),
    requestedModel,
    promptTokens: estimatePromptTokens(Buffer.byteLength(question.prompt)),
  };
  const identified = await atRequestHeaders.run(start, deps);
  if (identified.kind === 'responded') {
    const outcome = refusal(identified.response);
    return { ...known, caller: undefined, signals: [], decisions: [], findings: [], outcome };
  }
  const { caller } = identified.state;
  const decided = await atRequestBody.run({ ...identified.state, body }, deps);
  const { signals } = decided.state;
  const isExplained = signals !== undefined && runtime.autoModelNames.has(requestedModel);
  // The router stops asking when it is clear which decision wins; a reader wants to see the rest too.
  if (isExplained) await signals.waitForAll();
  const common = {
    ...known,
    caller,
    signals: isExplained ? explainSignals(runtime, signals) : [],
    decisions: isExplained ? explainDecisions(runtime.decisions, signals) : [],
  };
  if (decided.kind === 'responded') {
    const { response } = decided;
    const findings = response.reason.kind === 'blocked' ? response.reason.detections : [];
    return { ...common, findings, outcome: refusal(response) };
  }
  const { detections: findings, maskEdits, upstreamBody } = decided.state;
  const { route, reasoning, reasoningEdits, systemPromptInjected } = decided.state;
  const outcome: Routed = {
    kind: 'routed',
    decision: route.decision,
    model: route.model.name,
    upstreamModel: route.upstreamModel,
    reasoning,
    reasoningField: reasoningEdits.set?.map(fieldText).join(', '),
    systemPrompt: systemPromptInjected ? route.systemPrompt?.mode : undefined,
    masked: Object.keys(maskEdits).length > 0,
    cost: estimateCost(
      joinPieces(upstreamBody ?? [body]),
      question.completionTokens,
      route.model.price,
    ),
  };
  return { ...common, findings, outcome };
}

function estimateCost(
  body: Buffer,
  completionTokens: number,
  price: Price | undefined,
): EstimatedCost {
  const sent = readChatRequest(body, 'chat.completions');
  const promptTokens = isRequestProblem(sent) ? 0 : estimatePromptTokens(sent.promptBytes);
  const usage = {
    promptTokens,
    completionTokens,
    totalTokens: promptTokens + completionTokens,
    cachedPromptTokens: 0,
    reasoningTokens: 0,
  };
  return { promptTokens, completionTokens, price, cost: price && costOf(usage, price) };
}

/** What an error says, or an answer that stands in the place of a model's. */
interface AnswerBody {
  readonly error?: { readonly message?: string };
  readonly choices?: readonly { readonly message?: { readonly content?: string } }[];
}

function refusal({ answer: { status, body }, reason }: Respond): Refused {
  const { error, choices } = JSON.parse(body.toString()) as AnswerBody;
  return {
    kind: 'refused',
    status,
    message: error?.message ?? choices?.[0]?.message?.content ?? '',
    blockedFor: reason.kind === 'blocked' ? reason.reasons : [],
  };
}

function fieldText({ object, key, json }: FieldEdit): string {
  return `${object === undefined ? key : `${object}.${key}`} = ${json}`;
}

/** A request of the caller, who is told in the way that the configuration believes. */
function headFor(plan: IdentityPlan | undefined, { user, tier, groups }: Question): RequestHead {
  const told = new Map(
    plan && [
      [plan.user, user],
      [plan.tier, tier],
      [plan.groups, groups],
    ],
  );
  const valueOf = (name: string): string | undefined => told.get(name);
  return {
    headers: {
      get: valueOf,
      raw: (name) => {
        const value = valueOf(name);
        return value === undefined ? [] : [Buffer.from(value)];
      },
      startingWith: () => [],
    },
    facts: {
      metadata: (_namespace, path) => valueOf(path),
      metadataList: () => undefined,
      attribute: valueOf,
    },
    endOfStream: false,
  };
}

const ignore = (): void => undefined;

/** An explanation counts nothing. */
export const ignoringTelemetry: Telemetry = {
  requestError: ignore,
  identityFallback: ignore,
  stageSeconds: ignore,
  signalUnavailable: ignore,
};

/** Stages get the runtime and nothing around it: an explanation leaves no trace. */
function depsFor(
  runtime: Runtime,
  { promptFacts, nowMs }: Pick<StageDeps, 'promptFacts'> & Pick<Question, 'nowMs'>,
): RunnerDeps {
  return {
    runtime,
    clock: { now: () => nowMs, monotonic: () => 0 },
    telemetry: ignoringTelemetry,
    usage: { record: ignore },
    decoder: () => {
      throw new Error('an explanation has no response');
    },
    promptFacts,
    embedder: undefined,
    cache: undefined,
    log: {
      error: (message, fields) => {
        throw new Error(`${message}: ${JSON.stringify(fields)}`);
      },
      warn: ignore,
      info: ignore,
      debug: ignore,
      isEnabled: () => false,
    },
  };
}
