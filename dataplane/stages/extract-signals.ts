// Stage 3: the facts that decisions refer to, and no others. What is worked out here is worked out when
// a decision asks; models are asked only for what can still change which decision wins.
import { decide, type Verdict } from '../domain/decide.ts';
import { RequestSignals } from '../domain/signals/request-signals.ts';
import { modelKinds, type ModelKind } from '../../config/schema/model-signals.ts';
import { proceed, type Stage, type StageDeps } from './stage.ts';
import type { Identified, Parsed, Signalled } from './state.ts';

type Needs = Identified & Parsed;

const nothing: Verdict = { kind: 'decided', winner: undefined };

/** One embedding serves these; what is left costs a model of its own. */
const sharingOneModel: ReadonlySet<ModelKind> = new Set([
  'domain',
  'embedding',
  'complexity',
  'jailbreak',
]);

export const extractSignals: Stage<Needs, Signalled> = {
  name: 'extract-signals',
  run({ request, caller, groups }, deps) {
    const { autoModelNames, decisions, signals: compiled } = deps.runtime;
    const facts = deps.promptFacts(request);
    const nowMs = deps.clock.now();
    const signals = new RequestSignals(compiled, { request, facts, caller, groups, nowMs });
    // A pinned model is answered by itself, whatever the signals would say.
    if (!autoModelNames.has(request.requestedModel)) {
      return proceed({ facts, signals, verdict: nothing });
    }
    const verdict = decide(decisions, signals);
    if (verdict.kind !== 'open') return proceed({ facts, signals, verdict });
    // The guard will ask for it: so the two models compute side by side.
    if (deps.runtime.alwaysFindsPii) void facts.pii();
    return settle(verdict, signals, deps).then((settled) =>
      proceed({ facts, signals, verdict: settled }),
    );
  },
};

/** Asks models, the ones that cost least first, until it is clear which decision wins. */
async function settle(
  first: Verdict,
  signals: RequestSignals,
  { runtime }: StageDeps,
): Promise<Verdict> {
  let verdict = first;
  // Each round settles a kind at least.
  for (let round = 0; verdict.kind === 'open' && round < modelKinds.length; round++) {
    const { types } = verdict;
    const open = modelKinds.filter((kind) => types.has(kind));
    const cheap = open.filter((kind) => sharingOneModel.has(kind));
    await signals.waitFor(cheap.length > 0 ? cheap : open);
    verdict = decide(runtime.decisions, signals);
  }
  return verdict;
}
