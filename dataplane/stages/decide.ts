// Stage 4: the plan of the decision that wins. A model that the client named is pinned, whatever the
// signals say.
import { apiError } from '../domain/api-errors.ts';
import { proceed, reject, type Stage } from './stage.ts';
import type { Decided, Parsed, Signalled } from './state.ts';

export const decide: Stage<Parsed & Signalled, Decided> = {
  name: 'decide',
  run({ request, verdict }, { runtime }) {
    const { autoModelNames, pinnedPlans, plans, defaultPlan } = runtime;
    if (!autoModelNames.has(request.requestedModel)) {
      return proceed({ plan: pinnedPlans.get(request.requestedModel), category: undefined });
    }
    if (verdict.kind === 'unresolved') {
      return reject(
        'classification_failed',
        apiError(
          'signals_unavailable',
          `The decision \`${verdict.decision}\` needs signals that are not available now. Try again.`,
        ),
      );
    }
    const winner = verdict.kind === 'decided' ? verdict.winner : undefined;
    const plan = winner === undefined ? undefined : plans.get(winner.name);
    return proceed({ plan: plan ?? defaultPlan, category: winner?.category });
  },
};
