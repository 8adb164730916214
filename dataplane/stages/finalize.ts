// Stage 14: one usage record for an exchange that reached a decision, whatever its ending; an error
// count for one that did not. The caller sees to it that it runs once.
import { costOf } from '../domain/money.ts';
import type { Usage } from '../domain/usage.ts';
import type { UsageOutcome, UsageRecord, UsageSource } from '../domain/usage-record.ts';
import type { ErrorReason } from '../ports.ts';
import type { RoutePlan } from '../runtime/runtime.ts';
import type { Ended } from './response-state.ts';
import { proceed, type Stage, type StageDeps } from './stage.ts';

export interface Finalized {
  /** Undefined when the exchange ended before it reached a decision. */
  readonly record: UsageRecord | undefined;
}

export const finalize: Stage<Ended, Finalized> = {
  name: 'finalize',
  run(ended, deps) {
    const { plan } = ended.request;
    const reason = ended.respondReason;
    if (reason?.kind === 'rejected' || reason?.kind === 'served' || plan === undefined) {
      const error = reason?.kind === 'rejected' ? reason.error : refusalInOurPlace(ended);
      if (error !== undefined) deps.telemetry.requestError('', error);
      return proceed({ record: undefined });
    }
    const record = recordOf(ended, plan, deps);
    reportErrors(ended, record, deps);
    deps.usage.record(record, deps.runtime.metering);
    return proceed({ record });
  },
};

/** The proxy refuses a body over its buffer before the router sees any of it. */
function refusalInOurPlace({ request, status }: Ended): ErrorReason | undefined {
  return status === 413 && request.body === undefined ? 'body_too_large' : undefined;
}

function recordOf(ended: Ended, plan: RoutePlan, { runtime }: StageDeps): UsageRecord {
  const { request, respondReason, observation, timing } = ended;
  const outcome = outcomeOf(ended);
  const { usage, usageSource } = usageOf(ended, outcome);
  const route = request.route ?? plan;
  const detections =
    respondReason?.kind === 'blocked' ? respondReason.detections : (request.detections ?? []);
  return {
    id: request.id,
    requestId: request.head.headers.get('x-request-id'),
    startedAtMs: timing.startedAtMs,
    caller: request.caller,
    endpoint: request.endpoint,
    stream: request.asked?.stream ?? false,
    requestedModel: request.asked?.model ?? '',
    model: respondReason?.kind === 'cache_hit' ? respondReason.answer.model : route.model.name,
    upstreamModel: route.upstreamModel,
    decision: route.decision,
    category: request.category,
    reasoning: request.reasoning ?? false,
    systemPromptInjected: request.systemPromptInjected ?? false,
    outcome,
    status: ended.status,
    finishReason: observation?.finishReason,
    usage,
    usageSource,
    cost:
      runtime.metering.calculatesCost && usage !== undefined && usageSource === 'reported'
        ? route.model.price && costOf(usage, route.model.price)
        : undefined,
    cache:
      respondReason?.kind === 'cache_hit'
        ? 'hit'
        : request.cached?.wasAsked === true
          ? 'miss'
          : undefined,
    piiTypes: [...new Set(detections.flatMap(({ kind, type }) => (kind === 'pii' ? [type] : [])))],
    jailbreakDetected: detections.some(({ kind }) => kind === 'jailbreak'),
    durations: {
      routingMs: timing.routingMs,
      firstByteMs: timing.firstByteMs,
      totalMs: timing.totalMs,
    },
    configHash: runtime.hash,
  };
}

function outcomeOf({ respondReason, wasComplete, status }: Ended): UsageOutcome {
  if (respondReason?.kind === 'cache_hit') return 'cache_hit';
  if (respondReason?.kind === 'blocked') return 'blocked';
  if (status !== undefined && status >= 400) return 'upstream_error';
  return wasComplete ? 'completed' : 'aborted';
}

/**
 * Reported usage counts whatever the ending. Without it a request that went upstream and was not
 * answered by an error is estimated: its prompt was read, and what came back of the completion is
 * known by its length.
 */
function usageOf(
  { request, respondReason, wasForwarded, observation }: Ended,
  outcome: UsageOutcome,
): { readonly usage: Usage | undefined; readonly usageSource: UsageSource } {
  if (respondReason?.kind === 'cache_hit') {
    const { usage } = respondReason.answer;
    return { usage, usageSource: usage === undefined ? 'none' : 'cached' };
  }
  if (observation?.usage !== undefined) {
    return { usage: observation.usage, usageSource: 'reported' };
  }
  if (!wasForwarded || outcome === 'upstream_error') {
    return { usage: undefined, usageSource: 'none' };
  }
  const promptTokens = request.promptTokens ?? 0;
  const completionTokens = observation?.estimatedCompletionTokens ?? 0;
  return {
    usage: {
      promptTokens,
      completionTokens,
      totalTokens: promptTokens + completionTokens,
      cachedPromptTokens: 0,
      reasoningTokens: 0,
    },
    usageSource: 'estimated',
  };
}

function reportErrors(ended: Ended, record: UsageRecord, { telemetry }: StageDeps): void {
  const { status, observation } = ended;
  if (record.outcome === 'upstream_error') {
    telemetry.requestError(
      record.model,
      status !== undefined && status >= 500 ? 'upstream_5xx' : 'upstream_4xx',
    );
  } else if (record.outcome === 'aborted') {
    telemetry.requestError(record.model, 'aborted');
  } else if (observation?.broken === true) {
    telemetry.requestError(record.model, 'parse_error');
  }
}
