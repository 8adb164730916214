// What the classification API needs of the router, taken from what is in force when it is asked.
import { explainPrompt, type Explanation } from '../../explanation/explain-prompt.ts';
import { explanationJson } from '../../explanation/explanation-text.ts';
import type { Analysers, Clock } from '../../ports.ts';
import type { CurrentRuntime } from '../../runtime/current.ts';
import type { StageDeps } from '../../stages/stage.ts';
import type { Routing } from './answers.ts';
import type { ApiDeps } from './routes.ts';
import { latestUserText, type Prompt } from './shapes.ts';

export interface ApiParts {
  readonly current: CurrentRuntime;
  readonly analysers: Analysers;
  readonly promptFacts: StageDeps['promptFacts'];
  readonly clock: Clock;
}

/** Where the configuration says nothing, as for the requests themselves. */
const defaultThresholds = { domain: 0.5, guard: 0.7 } as const;
const defaultBatchSize = 100;
/** Assumed length of an answer, for the cost that an evaluation tells. */
const completionTokens = 200;

export function apiDeps({ analysers, clock, current, promptFacts }: ApiParts): ApiDeps {
  const explain = (prompt: Prompt): Promise<Explanation> => {
    const { messages } = prompt;
    const question = {
      ...{ prompt: latestUserText(prompt), messages, nowMs: clock.now(), completionTokens },
      ...{ model: undefined, user: undefined, tier: undefined },
    };
    return explainPrompt(current.runtime, question, promptFacts);
  };
  return {
    analysers,
    get thresholds() {
      const { classifier, prompt_guard: guard } = current.runtime.config;
      return {
        domain: classifier?.category_model?.threshold ?? defaultThresholds.domain,
        jailbreak: guard?.threshold ?? defaultThresholds.guard,
        pii: classifier?.pii_model?.threshold ?? defaultThresholds.guard,
      };
    },
    maxBatchSize: () =>
      current.runtime.config.api?.batch_classification?.max_batch_size ?? defaultBatchSize,
    route: async (prompt) => routingOf(await explain(prompt)),
    evaluate: async (prompt) => JSON.parse(explanationJson(await explain(prompt))) as unknown,
    now: () => clock.monotonic(),
  };
}

function routingOf({ outcome, signals }: Explanation): Routing | undefined {
  if (outcome.kind !== 'routed') return undefined;
  const holding = signals.filter(({ value }) => value === 'true').map(({ key }) => key);
  return { decision: outcome.decision, model: outcome.model, signals: holding };
}
