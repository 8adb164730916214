// Stage 5: what detectors see in the request, and what the guards do about it: nothing but to count
// it, another model, placeholders, or a refusal. Without a guard nothing is read.
import { blockedAnswer } from '../domain/blocked-answer.ts';
import { judgeJailbreak, judgePii, type Detection, type Verdict } from '../domain/guard-verdict.ts';
import type { MaybePromise } from '../domain/http.ts';
import { maskRequest, type Masked } from '../domain/pii/mask-request.ts';
import { isUnavailable } from '../domain/unavailable.ts';
import type { GuardPlan, Model, RoutePlan } from '../runtime/runtime.ts';
import { proceed, type Stage, type StageDeps, type StageResult } from './stage.ts';
import type { Decided, Guarded, Parsed, Received, Signalled } from './state.ts';

type Needs = Received & Parsed & Signalled & Decided;

const unmasked = { maskEdits: {}, placeholders: undefined } as const;
const nothing: Guarded = { detections: [], ...unmasked };
const idle: Verdict<never> = { detections: [], action: undefined };

export const guard: Stage<Needs, Guarded> = {
  name: 'guard',
  run(state, deps): MaybePromise<StageResult<Guarded>> {
    const { plan } = state;
    if (plan === undefined) return proceed(nothing);
    const { jailbreak, pii } = plan.guards;
    return jailbreak === undefined && pii === undefined
      ? proceed(nothing)
      : look(state, plan, deps);
  },
};

async function look(state: Needs, plan: RoutePlan, deps: StageDeps): Promise<StageResult<Guarded>> {
  const [jailbreak, pii] = await Promise.all([
    jailbreakVerdict(state, plan.guards),
    piiVerdict(state, plan.guards),
  ]);
  const detections = [...jailbreak.detections, ...pii.detections];
  const reasons = [
    ...(jailbreak.action === 'block' ? (['jailbreak'] as const) : []),
    ...(pii.action === 'block' ? (['pii'] as const) : []),
  ];
  if (reasons.length > 0) return blocked(state, { detections, reasons }, deps);
  const elsewhere =
    (jailbreak.action === 'route' ? plan.guards.jailbreak?.elsewhere : undefined) ??
    (pii.action === 'route' ? plan.guards.pii?.elsewhere : undefined);
  return proceed({
    detections,
    ...(elsewhere === undefined ? {} : { plan: routedTo(elsewhere, plan) }),
    ...(pii.action === 'mask' ? await masked(state, plan.guards) : unmasked),
  });
}

async function jailbreakVerdict(
  { facts }: Needs,
  { jailbreak: policy }: GuardPlan,
): Promise<Verdict<'block' | 'route'>> {
  return policy === undefined ? idle : judgeJailbreak(policy, await facts.jailbreak());
}

async function piiVerdict(
  { facts }: Needs,
  { pii: policy }: GuardPlan,
): Promise<Verdict<'block' | 'mask' | 'route'>> {
  return policy === undefined ? idle : judgePii(policy, await facts.pii());
}

async function masked(
  { facts, request }: Needs,
  { pii: policy }: GuardPlan,
): Promise<Omit<Guarded, 'detections'>> {
  const finding = await facts.pii();
  if (policy === undefined || isUnavailable(finding)) return unmasked;
  const { edits, placeholders }: Masked = maskRequest(request, finding, policy);
  return { maskEdits: edits, placeholders: policy.restore ? placeholders : undefined };
}

/** The decision stays; another model answers, as it is by itself. */
function routedTo(model: Model, plan: RoutePlan): RoutePlan {
  return { ...plan, model, upstreamModel: model.upstreamModel };
}

function blocked(
  { id, request }: Needs,
  found: {
    readonly detections: readonly Detection[];
    readonly reasons: readonly ('jailbreak' | 'pii')[];
  },
  { clock, runtime }: StageDeps,
): StageResult<Guarded> {
  return {
    kind: 'respond',
    reason: { kind: 'blocked', ...found },
    answer: blockedAnswer({
      id,
      endpoint: request.endpoint,
      createdSeconds: Math.floor(clock.now() / 1000),
      stream: request.stream,
      form: runtime.config.router.blocked_answer,
    }),
  };
}
