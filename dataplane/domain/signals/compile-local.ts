// Rules of a configuration to signals that are worked out here, without a model.
import type { RouterConfig } from '../../../config/schema/index.ts';
import { compileKeywordRules } from '../keywords/matcher.ts';
import { unknownBecause } from '../signal-values.ts';
import { authzSignal } from './caller.ts';
import type { LocalSignal } from './compiled-signals.ts';
import { conversationSignal } from './conversation.ts';
import { languageSignal, type LanguageDetector } from './language.ts';
import { contextSignal } from './prompt-length.ts';
import { compileFeature, structureSignal } from './structure.ts';
import { compileTimeRule } from './time-windows.ts';

type Named = readonly [key: string, signal: LocalSignal];

/** `isNeeded` tells of a key whether some decision refers to it. */
export function compileLocal(
  config: RouterConfig,
  isNeeded: (key: string) => boolean,
  detector: LanguageDetector | undefined,
): ReadonlyMap<string, LocalSignal> {
  const all = [
    ...keywordSignals(config, isNeeded),
    ...config.context_rules.map((rule): Named => [
      `context:${rule.name}`,
      ({ promptTokens }) => contextSignal(rule, promptTokens),
    ]),
    ...config.authz_rules.map((rule): Named => [
      `authz:${rule.name}`,
      ({ input }) => authzSignal(rule, input.caller, input.groups),
    ]),
    ...config.conversation_rules.map((rule): Named => [
      `conversation:${rule.name}`,
      ({ shape }) => conversationSignal(rule, shape),
    ]),
    ...config.language_rules.map((rule): Named => [
      `language:${rule.name}`,
      (reading) =>
        detector === undefined
          ? unknownBecause('absent')
          : languageSignal(rule, reading.language(detector)),
    ]),
  ];
  return new Map([
    ...all.filter(([key]) => isNeeded(key)),
    ...structureSignals(config, isNeeded),
    ...timeSignals(config, isNeeded),
  ]);
}

function keywordSignals(config: RouterConfig, isNeeded: (key: string) => boolean): Named[] {
  const rules = config.keyword_rules.filter(({ name }) => isNeeded(`keyword:${name}`));
  if (rules.length === 0) return [];
  const matcher = compileKeywordRules(rules);
  return rules.map(({ name }, rule) => [
    `keyword:${name}`,
    (reading) => reading.keywords(matcher).valueOf(rule),
  ]);
}

function structureSignals(config: RouterConfig, isNeeded: (key: string) => boolean): Named[] {
  return config.structure_rules.flatMap((rule): Named[] => {
    const key = `structure:${rule.name}`;
    if (!isNeeded(key)) return [];
    const feature = compileFeature(rule);
    return [
      [
        key,
        (reading) => reading.once(key, () => structureSignal(rule, feature(reading.structured))),
      ],
    ];
  });
}

function timeSignals(config: RouterConfig, isNeeded: (key: string) => boolean): Named[] {
  return config.time_rules.flatMap((rule): Named[] => {
    const key = `time:${rule.name}`;
    if (!isNeeded(key)) return [];
    const isNow = compileTimeRule(rule);
    return [[key, ({ input }) => isNow(input.nowMs)]];
  });
}
