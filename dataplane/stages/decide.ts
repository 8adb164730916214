// Stage 4: which decision wins. A model that the client named is pinned, whatever the signals say.
import { decide as evaluate } from '../domain/decide.ts';
import { proceed, type Stage } from './stage.ts';
import type { Decided, Parsed, Signalled } from './state.ts';

export const decide: Stage<Parsed & Signalled, Decided> = {
  name: 'decide',
  run({ request, signals }, { runtime }) {
    const { autoModelNames, pinnedPlans, plans, defaultPlan } = runtime;
    if (!autoModelNames.has(request.requestedModel)) {
      return proceed({ plan: pinnedPlans.get(request.requestedModel), category: undefined });
    }
    const winner = evaluate(runtime.decisions, signals);
    const plan = winner === undefined ? undefined : plans.get(winner.name);
    return proceed({ plan: plan ?? defaultPlan, category: undefined });
  },
};
