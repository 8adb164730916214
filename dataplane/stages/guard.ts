// Stage 5: what detectors see in the request, and whether the decision refuses to send it on. A
// detector that cannot tell adds nothing; without detectors nothing is read.
import { blockedAnswer } from '../domain/blocked-answer.ts';
import type { MaybePromise } from '../domain/http.ts';
import type { Detection } from '../ports.ts';
import type { GuardPlan } from '../runtime/runtime.ts';
import { proceed, type Stage, type StageDeps, type StageResult } from './stage.ts';
import type { Decided, Guarded, Parsed, Received } from './state.ts';

const nothing: Guarded = { detections: [] };

export const guard: Stage<Received & Parsed & Decided, Guarded> = {
  name: 'guard',
  run(state, deps): MaybePromise<StageResult<Guarded>> {
    if (deps.detectors.length === 0 || state.plan === undefined) return proceed(nothing);
    const texts = state.request.userTexts();
    const found = Promise.all(deps.detectors.map(async (detector) => detector.detect(texts)));
    return found.then((results) =>
      judge(
        state,
        results.flatMap((list): readonly Detection[] => list ?? []),
        deps,
      ),
    );
  },
};

function judge(
  state: Received & Parsed & Decided,
  detections: readonly Detection[],
  { clock }: StageDeps,
): StageResult<Guarded> {
  const guards = state.plan?.guards;
  const reasons = guards === undefined ? [] : blockReasons(guards, detections);
  if (reasons.length === 0) return proceed({ detections });
  return {
    kind: 'respond',
    reason: { kind: 'blocked', detections, reasons },
    answer: blockedAnswer({
      id: state.id,
      createdSeconds: Math.floor(clock.now() / 1000),
      stream: state.request.stream,
    }),
  };
}

/** The kinds that block, each once, in a fixed order. */
function blockReasons(
  { jailbreakThreshold, pii }: GuardPlan,
  detections: readonly Detection[],
): readonly ('jailbreak' | 'pii')[] {
  const jailbreak =
    jailbreakThreshold !== undefined &&
    detections.some(({ kind, score }) => kind === 'jailbreak' && score >= jailbreakThreshold);
  const personal =
    pii !== undefined &&
    detections.some(
      ({ kind, type, score }) => kind === 'pii' && score >= pii.threshold && !pii.allowed.has(type),
    );
  return [...(jailbreak ? (['jailbreak'] as const) : []), ...(personal ? (['pii'] as const) : [])];
}
