// Stage 3: the facts that decisions refer to, and no others. Keywords, prompt length and caller are
// computed here; a kind without a classifier is unknown, never false.
import { estimatePromptTokens } from '../domain/estimate-tokens.ts';
import {
  authzSignal,
  contextSignal,
  fails,
  holds,
  type SignalValue,
  type SignalValues,
} from '../domain/signal-values.ts';
import { proceed, type Stage, type StageDeps } from './stage.ts';
import type { Identified, Parsed, Signalled } from './state.ts';

type Needs = Identified & Parsed;

const none: Signalled = { signals: new Map() };

export const extractSignals: Stage<Needs, Signalled> = {
  name: 'extract-signals',
  run(state, deps) {
    const { autoModelNames, decisions } = deps.runtime;
    // A pinned model is answered by itself, whatever the signals would say.
    if (decisions.needed.size === 0 || !autoModelNames.has(state.request.requestedModel)) {
      return proceed(none);
    }
    const keywords = keywordSignals(state, deps);
    const others = otherSignals(state, deps);
    const signals: SignalValues = { get: (key) => keywords.get(key) ?? others.get(key) };
    return proceed({ signals });
  },
};

/** Looked up and not listed: the cost must not grow with the number of rules. */
function keywordSignals({ request }: Needs, { runtime }: StageDeps): SignalValues {
  const { keywords } = runtime;
  if (keywords === undefined) return none.signals;
  const { matcher, resultOf } = keywords;
  const results = matcher.match(request.latestUserText());
  return {
    get: (key) => {
      const index = resultOf.get(key);
      if (index === undefined) return undefined;
      return results[index] === true ? holds : fails;
    },
  };
}

function otherSignals(
  { caller, request }: Needs,
  { runtime }: StageDeps,
): Map<string, SignalValue> {
  const { config, decisions } = runtime;
  const signals = new Map<string, SignalValue>();
  const { needed } = decisions;
  for (const rule of config.context_rules) {
    const key = `context:${rule.name}`;
    if (needed.has(key)) {
      signals.set(key, contextSignal(rule, estimatePromptTokens(request.promptBytes)));
    }
  }
  for (const rule of config.authz_rules) {
    const key = `authz:${rule.name}`;
    if (needed.has(key)) signals.set(key, authzSignal(rule, caller));
  }
  return signals;
}
