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
import type { Classifier } from '../ports.ts';
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
    if (deps.classifiers.length === 0) return proceed({ signals });
    return addClassifiers(state, deps, others).then(() => proceed({ signals }));
  },
};

/** Looked up and not listed: the cost must not grow with the number of rules. */
function keywordSignals({ request }: Needs, { runtime }: StageDeps): SignalValues {
  const { keywords } = runtime;
  if (keywords === undefined) return none.signals;
  const { matcher, resultOf } = keywords;
  const results = matcher.match(request.latestUserJson());
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

async function addClassifiers(
  { request }: Needs,
  { classifiers, runtime }: StageDeps,
  signals: Map<string, SignalValue>,
): Promise<void> {
  const { needed } = runtime.decisions;
  const asked = classifiers.filter(({ kind }) =>
    [...needed].some((key) => key.startsWith(`${kind}:`)),
  );
  const text = request.latestUserText();
  const answers = await Promise.all(
    asked.map(async (classifier) => [classifier, await classifier.classify(text)] as const),
  );
  for (const [classifier, found] of answers) addClassified(signals, { classifier, found, needed });
}

function addClassified(
  signals: Map<string, SignalValue>,
  answer: {
    readonly classifier: Classifier;
    readonly found: ReadonlyMap<string, number> | undefined;
    readonly needed: ReadonlySet<string>;
  },
): void {
  const { classifier, found, needed } = answer;
  if (found === undefined) return; // could not tell: stays unknown
  const prefix = `${classifier.kind}:`;
  for (const key of needed) {
    if (!key.startsWith(prefix)) continue;
    const confidence = found.get(key.slice(prefix.length));
    signals.set(key, confidence === undefined ? fails : { value: 'true', confidence });
  }
}
