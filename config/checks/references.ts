// Names that refer to something that is not there.
import { complexityLevels } from '../schema/signals.ts';
import type { Condition, Decision, ModelConfig, RouterConfig, RuleNode } from '../schema/index.ts';
import { nearestName } from '../source/nearest-name.ts';
import { quote, type Finding, type Path } from '../source/problem.ts';
import { checkOf, type Check } from './check-of.ts';

const signalSections = {
  keyword: 'keyword_rules',
  context: 'context_rules',
  authz: 'authz_rules',
  embedding: 'embedding_rules',
  domain: 'categories',
  language: 'language_rules',
  structure: 'structure_rules',
  conversation: 'conversation_rules',
  time: 'time_rules',
  complexity: 'complexity_rules',
  jailbreak: 'jailbreak_rules',
  pii: 'pii_rules',
} as const satisfies Record<Condition['type'], keyof RouterConfig>;

export const referenceChecks: readonly Check[] = [
  checkOf('default_model is a model', ['default_model', 'model_config'], function* (config) {
    yield* missing(config.default_model, modelsOf(config), ['default_model'], 'model_config');
  }),

  checkOf('modelRefs are models', ['decisions', 'model_config'], function* (config) {
    const models = modelsOf(config);
    for (const { ref, path } of modelRefs(config.decisions)) {
      yield* missing(ref.model, models, [...path, 'model'], 'model_config');
    }
  }),

  checkOf(
    'lora_name is an adapter of its model',
    ['decisions', 'model_config'],
    function* (config) {
      for (const { ref, path } of modelRefs(config.decisions)) {
        const model = modelNamed(config, ref.model);
        if (ref.lora_name === undefined || model === undefined) continue;
        const adapters = model.loras.map(({ name }) => name);
        const section = `the \`loras\` of ${quote(ref.model)}`;
        yield* missing(ref.lora_name, adapters, [...path, 'lora_name'], section);
      }
    },
  ),

  checkOf('preferred_endpoints exist', ['model_config', 'vllm_endpoints'], function* (config) {
    const endpoints = config.vllm_endpoints.map(({ name }) => name);
    for (const [model, { preferred_endpoints }] of Object.entries(config.model_config)) {
      for (const [index, name] of preferred_endpoints.entries()) {
        const path = ['model_config', model, 'preferred_endpoints', index];
        yield* missing(name, endpoints, path, 'vllm_endpoints');
      }
    }
  }),

  checkOf('reasoning_family exists', ['model_config', 'reasoning_families'], function* (config) {
    const families = Object.keys(config.reasoning_families);
    for (const [model, { reasoning_family }] of Object.entries(config.model_config)) {
      if (reasoning_family === undefined) continue;
      const path = ['model_config', model, 'reasoning_family'];
      yield* missing(reasoning_family, families, path, 'reasoning_families');
    }
  }),

  ...signalChecks(),
];

/** A check for each kind of signal, so that one broken section does not hide the others. */
function signalChecks(): Check[] {
  return Object.entries(signalSections).map(([type, section]) =>
    checkOf(`${type} conditions name a signal`, ['decisions', section], function* (config) {
      const names = config[section].map(({ name }) => name);
      for (const { condition, path } of conditionsOf(config.decisions)) {
        if (condition.type !== type) continue;
        const known = type === 'complexity' ? names.flatMap(withLevels) : names;
        const place = [...path, 'name'];
        if (type === 'complexity' && names.includes(condition.name)) {
          const levels = withLevels(condition.name)
            .map((level) => quote(level))
            .join(' or ');
          yield { path: place, message: `names no level: write ${levels}` };
        } else yield* missing(condition.name, known, place, section);
      }
    }),
  );
}

function withLevels(name: string): string[] {
  return complexityLevels.map((level) => `${name}:${level}`);
}

/** A configured model; never what JavaScript itself keeps under a name such as `constructor`. */
export function modelNamed(
  { model_config }: Pick<RouterConfig, 'model_config'>,
  name: string,
): ModelConfig | undefined {
  return Object.hasOwn(model_config, name) ? model_config[name] : undefined;
}

function modelsOf({ model_config }: Pick<RouterConfig, 'model_config'>): string[] {
  return Object.keys(model_config);
}

/** A finding if the name is none of those known. `section` is a section, or words about what it is. */
export function* missing(
  name: string,
  known: readonly string[],
  path: Path,
  section: string,
): Generator<Finding> {
  if (known.includes(name)) return;
  const nearest = nearestName(name, known);
  const guess = nearest === undefined ? '' : `; did you mean ${quote(nearest)}?`;
  const where = section.includes(' ') ? section : `\`${section}\``;
  yield { path, message: `${quote(name)} is not in ${where}${guess}` };
}

/** The model references of all decisions, with their places. */
export function* modelRefs(
  decisions: readonly Decision[],
): Generator<{ readonly ref: Decision['modelRefs'][number]; readonly path: Path }> {
  for (const [decision, { modelRefs: refs }] of decisions.entries()) {
    for (const [index, ref] of refs.entries()) {
      yield { ref, path: ['decisions', decision, 'modelRefs', index] };
    }
  }
}

/** The conditions of all decisions, with their places. */
export function* conditionsOf(
  decisions: readonly Decision[],
): Generator<{ readonly condition: Condition; readonly path: Path }> {
  for (const { node, path } of ruleNodes(decisions)) {
    for (const [index, child] of node.conditions.entries()) {
      if ('type' in child) yield { condition: child, path: [...path, 'conditions', index] };
    }
  }
}

interface PlacedNode {
  readonly node: RuleNode;
  readonly path: Path;
  /** 1 for `rules` itself. */
  readonly depth: number;
}

/** The rules of all decisions, those within others too, with their places. */
export function* ruleNodes(decisions: readonly Decision[]): Generator<PlacedNode> {
  for (const [index, { rules }] of decisions.entries()) {
    yield* nodesWithin({ node: rules, path: ['decisions', index, 'rules'], depth: 1 });
  }
}

function* nodesWithin(placed: PlacedNode): Generator<PlacedNode> {
  yield placed;
  for (const [index, child] of placed.node.conditions.entries()) {
    if ('type' in child) continue;
    const path = [...placed.path, 'conditions', index];
    yield* nodesWithin({ node: child, path, depth: placed.depth + 1 });
  }
}
