// What is right and yet not what its author may think: each becomes a warning.
import { readKeyword } from '../keyword-pattern.ts';
import { checkOf, type Check } from './check-of.ts';
import { conditionsOf, modelNamed, modelRefs } from './references.ts';
import { keywordsOf } from './rules.ts';
import { cacheNotices } from './semantic-cache.ts';

const noDetector = (what: string): string => `has no effect: this version does not detect ${what}`;

/** Plugins that this version parses and cannot carry out. */
const idlePlugins: Readonly<Partial<Record<string, string>>> = {
  jailbreak: noDetector('jailbreak attempts'),
  pii: noDetector('personal data'),
};

export const notices: readonly Check[] = [
  checkOf('keywords that look like expressions', ['keyword_rules'], function* (config) {
    for (const { keyword, path } of keywordsOf(config.keyword_rules)) {
      const read = readKeyword(keyword);
      if (read.kind === 'literal' && read.doubt !== undefined) yield { path, message: read.doubt };
    }
  }),

  checkOf('signals that nobody computes', ['decisions'], function* (config) {
    for (const { condition, path } of conditionsOf(config.decisions)) {
      if (condition.type !== 'embedding' && condition.type !== 'domain') continue;
      const message = `is never known: this version has no classifier for ${condition.type} signals`;
      yield { path, message };
    }
  }),

  checkOf('plugins without effect', ['decisions'], function* (config) {
    for (const [decision, { plugins }] of config.decisions.entries()) {
      for (const [index, { type, configuration }] of plugins.entries()) {
        const message = idlePlugins[type];
        if (message === undefined) continue;
        if ('enabled' in configuration && !configuration.enabled) continue;
        yield { path: ['decisions', decision, 'plugins', index], message };
      }
    }
  }),

  ...cacheNotices,

  checkOf('a guard that is not there', ['prompt_guard'], function* (config) {
    if (config.prompt_guard?.enabled !== true) return;
    yield { path: ['prompt_guard', 'enabled'], message: noDetector('jailbreak attempts') };
  }),

  checkOf('tracing that is not there', ['observability'], function* (config) {
    if (config.observability?.tracing?.enabled !== true) return;
    const message = 'has no effect: this version exports no spans';
    yield { path: ['observability', 'tracing', 'enabled'], message };
  }),

  checkOf('reasoning that cannot be asked for', ['decisions', 'model_config'], function* (config) {
    for (const { ref, path } of modelRefs(config.decisions)) {
      const model = modelNamed(config, ref.model);
      if (!ref.use_reasoning || model === undefined || model.reasoning_family !== undefined)
        continue;
      const message = `has no effect: ${ref.model} names no \`reasoning_family\``;
      yield { path: [...path, 'use_reasoning'], message };
    }
  }),

  checkOf('callers that nobody tells apart', ['decisions', 'maas_integration'], function* (config) {
    if (config.maas_integration.enabled) return;
    for (const { condition, path } of conditionsOf(config.decisions)) {
      if (condition.type !== 'authz') continue;
      const message = 'is never known: without `maas_integration` there is no user and no tier';
      yield { path, message };
    }
  }),

  checkOf('a prefix without hyphen', ['maas_integration'], function* (config) {
    const { prefix } = config.maas_integration.headers;
    if (prefix.endsWith('-')) return;
    const message = `does not end in a hyphen, so a header is called ${prefix}decision`;
    yield { path: ['maas_integration', 'headers', 'prefix'], message };
  }),

  checkOf('a fallback tier that is not known', ['maas_integration'], function* (config) {
    const { authentication, metrics } = config.maas_integration;
    const { fallback_tier: tier } = authentication;
    if (metrics.known_tiers.length === 0 || metrics.known_tiers.includes(tier)) return;
    const message = 'is not in `metrics.known_tiers`, so it is counted as `_invalid`';
    yield { path: ['maas_integration', 'authentication', 'fallback_tier'], message };
  }),

  checkOf('costs without prices', ['maas_integration', 'model_config'], function* (config) {
    const { enabled, metrics } = config.maas_integration;
    if (!enabled || !metrics.internal_cost_calculation) return;
    if (Object.values(config.model_config).some(({ pricing }) => pricing !== undefined)) return;
    const message = 'calculates nothing: no model has `pricing`';
    yield { path: ['maas_integration', 'metrics', 'internal_cost_calculation'], message };
  }),
];
