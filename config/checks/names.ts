// Names that stand twice, or that the router has taken for itself.
import { overflowLabels, reservedDecisionNames } from '../names.ts';
import { quote, type Finding, type Path } from '../source/problem.ts';
import { checkOf, type Check } from './check-of.ts';

const listsOfNamed = [
  'vllm_endpoints',
  'keyword_rules',
  'context_rules',
  'authz_rules',
  'language_rules',
  'structure_rules',
  'conversation_rules',
  'time_rules',
  'embedding_rules',
  'complexity_rules',
  'jailbreak_rules',
  'pii_rules',
  'categories',
  'decisions',
] as const;

export const nameChecks: readonly Check[] = [
  ...listsOfNamed.map((section) =>
    checkOf(`names in ${section} differ`, [section], function* (config) {
      const names = config[section].map(({ name }) => name);
      yield* repeated(names, (index) => [section, index, 'name']);
    }),
  ),

  checkOf('adapters of a model differ', ['model_config'], function* (config) {
    for (const [model, { loras }] of Object.entries(config.model_config)) {
      const names = loras.map(({ name }) => name);
      yield* repeated(names, (index) => ['model_config', model, 'loras', index, 'name']);
    }
  }),

  checkOf('endpoints of a model differ', ['model_config'], function* (config) {
    for (const [model, { preferred_endpoints }] of Object.entries(config.model_config)) {
      yield* repeated(preferred_endpoints, (index) => [
        'model_config',
        model,
        'preferred_endpoints',
        index,
      ]);
    }
  }),

  checkOf('automatic model names differ', ['auto_model_name'], function* (config) {
    yield* repeated(config.auto_model_name, (index) => ['auto_model_name', index]);
  }),

  checkOf(
    'no model bears an automatic name',
    ['auto_model_name', 'model_config'],
    function* (config) {
      for (const name of config.auto_model_name) {
        if (!Object.hasOwn(config.model_config, name)) continue;
        const message =
          'is an automatic model name (`auto_model_name`), so nobody could ask for it';
        yield { path: ['model_config', name], message };
      }
    },
  ),

  checkOf('no decision bears a reserved name', ['decisions'], function* (config) {
    for (const [index, { name }] of config.decisions.entries()) {
      const meaning = reserved.get(name);
      if (meaning === undefined) continue;
      const message = `${quote(name)} is taken: it stands for requests ${meaning}`;
      yield { path: ['decisions', index, 'name'], message };
    }
  }),

  checkOf('each plugin of a decision stands once', ['decisions'], function* (config) {
    for (const [decision, { plugins }] of config.decisions.entries()) {
      const types = plugins.map(({ type }) => type);
      yield* repeated(types, (index) => ['decisions', decision, 'plugins', index, 'type']);
    }
  }),

  checkOf('no identity bears a reserved label', ['maas_integration'], function* (config) {
    const { authentication, metrics } = config.maas_integration;
    const path = ['maas_integration'];
    if (authentication.fallback_user === overflowLabels.user) {
      const message = `${quote(overflowLabels.user)} is taken: it stands for users beyond \`max_users\``;
      yield { path: [...path, 'authentication', 'fallback_user'], message };
    }
    const taken = `${quote(overflowLabels.tier)} is taken: it stands for tiers that are not known`;
    if (authentication.fallback_tier === overflowLabels.tier) {
      yield { path: [...path, 'authentication', 'fallback_tier'], message: taken };
    }
    const index = metrics.known_tiers.indexOf(overflowLabels.tier);
    if (index >= 0) yield { path: [...path, 'metrics', 'known_tiers', index], message: taken };
  }),
];

const reserved: ReadonlyMap<string, string> = new Map([
  [reservedDecisionNames.default, 'that no decision matched'],
  [reservedDecisionNames.pinned, 'that named their model'],
]);

function* repeated(names: readonly string[], pathOf: (index: number) => Path): Generator<Finding> {
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (seen.has(name)) {
      yield { path: pathOf(index), message: `${quote(name)} stands more than once` };
    }
    seen.add(name);
  }
}
