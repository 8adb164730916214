// Rules of a configuration to signals that models are asked for. The models stand behind the facts of
// the prompt; here it is only said what their answers mean.
import type { ComplexityRule, ModelKind, RouterConfig } from '../../../config/schema/index.ts';
import { defaultKindSettings } from '../../../config/schema/model-signals.ts';
import { complexityLevels } from '../../../config/schema/signals.ts';
import type { FactOptions, PromptFacts } from '../prompt-facts.ts';
import { fails, holds, unknownBecause, type SignalValue } from '../signal-values.ts';
import { isUnavailable, type Unavailable, type UnavailableReason } from '../unavailable.ts';
import { compileCategory } from './categories.ts';
import type { KindSettings, ModelSignals } from './compiled-signals.ts';
import {
  complexitySignal,
  differenceOf,
  wordingDifficulty,
  type Difficulty,
} from './complexity.ts';
import { jailbreakSignal, piiSignal } from './detections.ts';
import { bankOf, embeddingSignal, nearness, type CandidateVectors } from './similarity.ts';

// Where the configuration says nothing: what the built-in classifier is right about in three of four
// prompts, and the usual ones of semantic-router for its detectors.
const defaultDomainThreshold = 0.5;
const defaultGuardThreshold = 0.7;

export interface ModelSources {
  readonly config: RouterConfig;
  /** Tells of a key whether some decision refers to it. */
  readonly isNeeded: (key: string) => boolean;
  readonly candidates: CandidateVectors;
}

export function compileModels(sources: ModelSources): ReadonlyMap<ModelKind, ModelSignals> {
  const kinds = [
    ['domain', domainSignals(sources)],
    ['embedding', embeddingSignals(sources)],
    ['complexity', complexitySignals(sources)],
    ['jailbreak', jailbreakSignals(sources)],
    ['pii', piiSignals(sources)],
  ] as const;
  return new Map(kinds.filter(([, { keys }]) => keys.length > 0));
}

/** What one signal makes of the fact that its kind is about. */
type Rule<Fact> = readonly [key: string, valueOf: (fact: Fact) => SignalValue];

/** Signals that are made from one fact, which is asked for once. */
function signalsFrom<Fact extends object>(
  rules: readonly Rule<Fact>[],
  { deadlineMs, onError }: KindSettings,
  ask: (facts: PromptFacts, options: FactOptions) => Promise<Fact | Unavailable>,
): ModelSignals {
  return {
    keys: rules.map(([key]) => key),
    async read(facts) {
      const fact = await ask(facts, { deadlineMs });
      return new Map(
        rules.map(([key, valueOf]) => [
          key,
          isUnavailable(fact) ? onError(fact.unavailable) : valueOf(fact),
        ]),
      );
    },
  };
}

function settingsOf({ signal_settings }: RouterConfig, kind: ModelKind): KindSettings {
  const { deadline_ms: deadlineMs, on_error } = signal_settings[kind] ?? defaultKindSettings;
  return {
    deadlineMs,
    onError(reason) {
      // A text that a model does not understand is no failure of the model.
      if (on_error === 'unknown' || reason === 'unsupported') return unknownBecause(reason);
      const note = `no model could tell (${reason}): on_error is ${on_error}`;
      return { ...(on_error === 'match' ? holds : fails), note };
    },
  };
}

function domainSignals({ config, isNeeded }: ModelSources): ModelSignals {
  const threshold = config.classifier?.category_model?.threshold ?? defaultDomainThreshold;
  const rules = named('domain', config.categories, isNeeded).map(
    ([key, category]) => [key, compileCategory(category, threshold)] as const,
  );
  return signalsFrom(rules, settingsOf(config, 'domain'), (facts, options) =>
    facts.category(options),
  );
}

function embeddingSignals({ config, isNeeded, candidates }: ModelSources): ModelSignals {
  const settings = settingsOf(config, 'embedding');
  const rules = named('embedding', config.embedding_rules, isNeeded).map(
    ([key, rule]): Rule<{ readonly vector: Float32Array }> => [
      key,
      ({ vector }) => {
        const bank = bankOf(rule.candidates, candidates, vector.length);
        return bank === undefined
          ? settings.onError('failed')
          : embeddingSignal(rule, vector, bank);
      },
    ],
  );
  return signalsFrom(rules, settings, (facts, options) => facts.embedding(options));
}

/** Without a model for it, wording tells; a model that fails now and then is no reason to change over. */
const worksByWording: ReadonlySet<UnavailableReason> = new Set(['absent', 'unsupported']);

function complexitySignals({ config, isNeeded, candidates }: ModelSources): ModelSignals {
  const settings = settingsOf(config, 'complexity');
  const rules = config.complexity_rules.map((rule) => ({
    rule,
    levels: complexityLevels.filter((level) => isNeeded(`complexity:${rule.name}:${level}`)),
  }));
  const needed = rules.filter(({ levels }) => levels.length > 0);
  return {
    keys: needed.flatMap(({ rule, levels }) =>
      levels.map((level) => `complexity:${rule.name}:${level}`),
    ),
    async read(facts) {
      const compares = needed.some(({ rule }) => rule.hard !== undefined);
      const embedding = compares
        ? await facts.embedding({ deadlineMs: settings.deadlineMs })
        : { unavailable: 'absent' as const };
      const values = new Map<string, SignalValue>();
      for (const { rule, levels } of needed) {
        const difficulty = difficultyOf(rule, facts, { embedding, candidates });
        for (const level of levels) {
          const value = isUnavailable(difficulty)
            ? settings.onError(difficulty.unavailable)
            : complexitySignal(level, difficulty);
          values.set(`complexity:${rule.name}:${level}`, value);
        }
      }
      return values;
    },
  };
}

interface Comparison {
  readonly embedding: { readonly vector: Float32Array } | Unavailable;
  readonly candidates: CandidateVectors;
}

function difficultyOf(
  rule: ComplexityRule,
  facts: PromptFacts,
  { embedding, candidates }: Comparison,
): Difficulty | Unavailable {
  const { hard, easy } = rule;
  if (hard === undefined || easy === undefined) return wordingDifficulty(facts.latestUserText());
  if (isUnavailable(embedding)) {
    return worksByWording.has(embedding.unavailable)
      ? wordingDifficulty(facts.latestUserText())
      : embedding;
  }
  const { vector } = embedding;
  const banks = [hard, easy].map((bank) => bankOf(bank.candidates, candidates, vector.length));
  const [hardBank, easyBank] = banks;
  if (hardBank === undefined || easyBank === undefined) return { unavailable: 'failed' };
  return differenceOf(rule, { hard: nearness(vector, hardBank), easy: nearness(vector, easyBank) });
}

function jailbreakSignals({ config, isNeeded }: ModelSources): ModelSignals {
  const usual = config.prompt_guard?.threshold ?? defaultGuardThreshold;
  const rules = named('jailbreak', config.jailbreak_rules, isNeeded).map(
    ([key, { threshold = usual }]): Rule<{ readonly score: number }> => [
      key,
      (fact) => jailbreakSignal(threshold, fact),
    ],
  );
  return signalsFrom(rules, settingsOf(config, 'jailbreak'), (facts, options) =>
    facts.jailbreak(options),
  );
}

function piiSignals({ config, isNeeded }: ModelSources): ModelSignals {
  const usual = config.classifier?.pii_model?.threshold ?? defaultGuardThreshold;
  const rules = named('pii', config.pii_rules, isNeeded).map(
    ([key, rule]): Rule<Parameters<typeof piiSignal>[2]> => [
      key,
      (found) => piiSignal(rule, rule.threshold ?? usual, found),
    ],
  );
  return signalsFrom(rules, settingsOf(config, 'pii'), (facts, options) => facts.pii(options));
}

/** The rules that some decision refers to, with their keys. */
function named<Rule extends { readonly name: string }>(
  type: ModelKind,
  rules: readonly Rule[],
  isNeeded: (key: string) => boolean,
): (readonly [key: string, rule: Rule])[] {
  return rules
    .map((rule) => [`${type}:${rule.name}`, rule] as const)
    .filter(([key]) => isNeeded(key));
}
