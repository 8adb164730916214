// What the value of each signal came from, in words.
import { complexityLevels } from '../../config/schema/signals.ts';
import type { Predicate, RouterConfig } from '../../config/schema/index.ts';
import { occurringKeywords } from '../domain/keywords/matcher.ts';
import { countOf } from '../domain/signals/conversation.ts';
import type { PromptReading, SignalInput } from '../domain/signals/prompt-reading.ts';
import type { RequestSignals } from '../domain/signals/request-signals.ts';
import { compileFeature } from '../domain/signals/structure.ts';
import { unknown, type SignalValue } from '../domain/signal-values.ts';
import type { UnavailableReason } from '../domain/unavailable.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface ExplainedSignal extends SignalValue {
  /** `type:name`. */
  readonly key: string;
  /** What the value came from; empty where there is nothing to say. */
  readonly detail: string;
}

/** Every signal that some decision refers to, by name. */
export function explainSignals(
  { config, decisions }: Runtime,
  signals: RequestSignals,
): readonly ExplainedSignal[] {
  const details = detailsOf(config, signals.reading);
  return [...decisions.needed].sort().map((key) => {
    const value = signals.get(key) ?? unknown;
    const detail = details.get(key)?.() ?? '';
    return { key, ...value, detail: value.note ?? (value.reason ? reasons[value.reason] : detail) };
  });
}

const reasons: Readonly<Record<UnavailableReason, string>> = {
  absent: 'nothing here can tell: no model for it',
  overloaded: 'too many wait for the model',
  deadline: 'the model took too long',
  failed: 'the model failed',
  unsupported: 'the model does not understand such text',
};

type Details = ReadonlyMap<string, () => string>;

function detailsOf(config: RouterConfig, reading: PromptReading): Details {
  const { input } = reading;
  const text = input.facts.latestUserText();
  const details = new Map<string, () => string>();
  for (const rule of config.keyword_rules) {
    details.set(`keyword:${rule.name}`, () =>
      occurringKeywords(rule, text)
        .map((keyword) => JSON.stringify(keyword))
        .join(', '),
    );
  }
  for (const { name, min_tokens: least, max_tokens: most } of config.context_rules) {
    const range = most === undefined ? `${least} or more` : `${least} to ${most}`;
    details.set(
      `context:${name}`,
      () => `${reading.promptTokens} tokens (estimated), ${range} wanted`,
    );
  }
  for (const { name } of config.authz_rules) details.set(`authz:${name}`, () => who(input));
  for (const { name, feature, predicate } of config.conversation_rules) {
    details.set(
      `conversation:${name}`,
      () => `${countOf(feature.source, reading.shape)} of it, ${wanted(predicate)} wanted`,
    );
  }
  for (const rule of config.structure_rules) {
    details.set(`structure:${rule.name}`, () => {
      const value = compileFeature(rule)(reading.structured);
      return `${Number(value.toFixed(4))} of it, ${wanted(rule.predicate)} wanted`;
    });
  }
  for (const { name } of config.language_rules) {
    details.set(`language:${name}`, () => languageIn(reading));
  }
  for (const { name, timezone } of config.time_rules) {
    details.set(`time:${name}`, () => localTime(input.nowMs, timezone));
  }
  addModelDetails(config, details);
  return details;
}

function addModelDetails(config: RouterConfig, details: Map<string, () => string>): void {
  for (const { name, candidates, threshold } of config.embedding_rules) {
    details.set(
      `embedding:${name}`,
      () => `likeness to ${candidates.length} candidates, ${threshold} or more wanted`,
    );
  }
  for (const { name, threshold } of config.complexity_rules) {
    for (const level of complexityLevels) {
      details.set(`complexity:${name}:${level}`, () => `nearer to one side by ${threshold} wanted`);
    }
  }
}

function languageIn({ detectedLanguage: found }: PromptReading): string {
  return found === undefined ? 'no language' : `${found.language} ${found.confidence.toFixed(2)}`;
}

function who({ caller, groups }: SignalInput): string {
  if (caller === undefined) return 'nobody is known';
  const member = groups === undefined || groups.length === 0 ? '' : `, groups ${groups.join(', ')}`;
  return `${caller.user}, tier ${caller.tier}${member}`;
}

const words = { gt: 'more than', gte: 'at least', lt: 'less than', lte: 'at most' } as const;

function wanted(predicate: Predicate | undefined): string {
  const asked = Object.entries(words).flatMap(([key, word]) => {
    const bound = predicate?.[key as keyof typeof words];
    return bound === undefined ? [] : [`${word} ${bound}`];
  });
  return asked.length === 0 ? 'more than 0' : asked.join(' and ');
}

function localTime(nowMs: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  return `${format.format(nowMs)} in ${timeZone}`;
}
