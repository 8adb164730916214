// What is right and yet not what its author may think: each becomes a warning.
import { canonicalLabel, domainLabels } from '../domain-labels.ts';
import { readKeyword } from '../keyword-pattern.ts';
import type { RouterConfig } from '../schema/index.ts';
import { nearestName } from '../source/nearest-name.ts';
import { quote, type Finding, type Path } from '../source/problem.ts';
import { checkOf, type Check } from './check-of.ts';
import { guardNotices } from './guards.ts';
import { conditionsOf, modelNamed, modelRefs } from './references.ts';
import { keywordsOf } from './keywords.ts';
import { cacheNotices } from './semantic-cache.ts';

export const notices: readonly Check[] = [
  ...guardNotices,

  checkOf('keywords that look like expressions', ['keyword_rules'], function* (config) {
    for (const { keyword, method, path } of keywordsOf(config.keyword_rules)) {
      const read = readKeyword(keyword, method);
      if (read.kind === 'literal' && read.doubt !== undefined) yield { path, message: read.doubt };
    }
  }),

  ...cacheNotices,

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

  checkOf('groups that nobody tells', ['authz_rules', 'maas_integration'], function* (config) {
    const { enabled, authentication } = config.maas_integration;
    if (!enabled || carriesGroups(authentication)) return;
    for (const [index, { groups }] of config.authz_rules.entries()) {
      if (groups.length === 0) continue;
      const message =
        'are never known: `maas_integration.authentication` names nothing that has them';
      yield { path: ['authz_rules', index, 'groups'], message };
    }
  }),

  checkOf('labels that the classifier does not know', ['categories'], function* (config) {
    for (const [index, { name, mmlu_categories: labels }] of config.categories.entries()) {
      const path = ['categories', index];
      if (labels.length === 0) yield* unknownLabel(name, [...path, 'name']);
      for (const [at, label] of labels.entries()) {
        yield* unknownLabel(label, [...path, 'mmlu_categories', at]);
      }
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

function carriesGroups({
  groups_header,
  metadata,
  attributes,
}: RouterConfig['maas_integration']['authentication']): boolean {
  if (metadata !== undefined) return metadata.groups !== undefined;
  if (attributes !== undefined) return attributes.groups !== undefined;
  return groups_header !== undefined;
}

function* unknownLabel(label: string, path: Path): Generator<Finding> {
  const own = canonicalLabel(label);
  if (domainLabels.some((known) => known === own)) return;
  const nearest = nearestName(own, domainLabels);
  const guess = nearest === undefined ? '' : `; did you mean ${quote(nearest)}?`;
  const message = `is no label of the built-in classifier, which never says it${guess}`;
  yield { path, message };
}
