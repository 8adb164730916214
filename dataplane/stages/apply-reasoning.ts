// Stage 8: tells the model to reason, or not to, in the way of its family. Says nothing where no
// decision matched, or where the model has no family: the request's own settings then stay.
import type { FieldEdit } from '../domain/rewrite-request.ts';
import type { ReasoningEffort, RoutePlan } from '../runtime/runtime.ts';
import { proceed, type Stage } from './stage.ts';
import type { Reasoned, Routed } from './state.ts';

const untouched: Reasoned = { reasoning: false, reasoningEdits: {} };

/** For families that have no "off", only less of it. */
const leastEffort: ReasoningEffort = 'low';

export const applyReasoning: Stage<Routed, Reasoned> = {
  name: 'apply-reasoning',
  run({ route }) {
    const edit = reasoningEdit(route);
    if (edit === undefined) return proceed(untouched);
    return proceed({
      reasoning: reasons(route),
      reasoningEdits: { set: [edit] },
    });
  },
};

/** Whether the model of a plan is told to reason. */
export function reasons(route: RoutePlan): boolean {
  return route.reasoning?.enabled === true && reasoningEdit(route) !== undefined;
}

function reasoningEdit({ reasoning, model }: RoutePlan): FieldEdit | undefined {
  const family = model.reasoningFamily;
  if (reasoning === undefined || family === undefined) return undefined;
  const effort = JSON.stringify(reasoning.enabled ? reasoning.effort : leastEffort);
  switch (family.type) {
    case 'chat_template_kwargs':
      return {
        object: 'chat_template_kwargs',
        key: family.parameter,
        json: String(reasoning.enabled),
      };
    case 'reasoning_effort':
      return { object: 'chat_template_kwargs', key: family.parameter, json: effort };
    case 'top_level_reasoning_effort':
      return { key: 'reasoning_effort', json: effort };
  }
}
