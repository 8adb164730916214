// Stage 7: the plan becomes the route; a model that nobody knows is refused here.
import { apiError } from '../domain/api-errors.ts';
import { proceed, reject, type Stage } from './stage.ts';
import type { Decided, Parsed, Routed } from './state.ts';

export const selectModel: Stage<Parsed & Decided, Routed> = {
  name: 'select-model',
  run({ plan, request }) {
    if (plan !== undefined) return proceed({ route: plan });
    return reject(
      'model_not_found',
      apiError(
        'model_not_found',
        `The model \`${shown(request.requestedModel)}\` does not exist.`,
        {
          param: 'model',
        },
      ),
    );
  },
};

/** Client text goes back to the client alone, and no more of it than helps. */
function shown(model: string): string {
  return model.length <= 128 ? model : `${model.slice(0, 128)}…`;
}
