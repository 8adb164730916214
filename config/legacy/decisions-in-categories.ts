// The form of files older than decisions: each category says which models answer, with which prompt
// and which guards. It becomes a category and a decision that asks for it.
import type { Path } from '../source/problem.ts';
import { defined, Draft, memberOf, without } from './draft.ts';
import { isList, isRaw, rawItems, rawMembers, type Normalised, type Raw } from './normalised.ts';

const reasoningKeys = ['use_reasoning', 'reasoning_description', 'reasoning_effort'];

/** Keys of an older category that are the decision's now. */
const decisionKeys = [
  'model_scores',
  'system_prompt',
  'system_prompt_enabled',
  'system_prompt_mode',
  'semantic_cache_enabled',
  'semantic_cache_similarity_threshold',
  'jailbreak_enabled',
  'jailbreak_threshold',
  'pii_enabled',
  'pii_threshold',
  ...reasoningKeys,
];

/** Files with decisions, and files whose categories name no models, stay as they are. */
export function splitCategories(value: Raw): Normalised {
  const categories = rawItems(value['categories']);
  const older = categories.some(([, category]) => category['model_scores'] !== undefined);
  if (value['decisions'] !== undefined || !older) {
    return { value, moves: [], problems: [], warnings: [] };
  }
  const draft = new Draft(without(value, ['categories', 'vllm_endpoints', 'model_config']));
  const plain = isList(value['categories']) ? [...value['categories']] : [];
  const decisions: Raw[] = [];
  for (const [index, category] of categories) {
    plain[index] = without(category, decisionKeys);
    if (!isList(category['model_scores'])) continue;
    decisions.push(
      decisionOf({
        category,
        index,
        number: decisions.length,
        models: value['model_config'],
        draft,
      }),
    );
  }
  draft.section('categories', ['categories'], plain);
  draft.section('decisions', ['categories'], decisions);
  const { endpoints, models } = modelsByEndpoint(value);
  draft.section('vllm_endpoints', ['vllm_endpoints'], endpoints);
  draft.section('model_config', ['model_config'], models);
  return draft.finish();
}

interface OlderCategory {
  readonly category: Raw;
  readonly index: number;
  /** Place among the decisions. */
  readonly number: number;
  readonly models: unknown;
  readonly draft: Draft;
}

function decisionOf({ category, index, number, models, draft }: OlderCategory): Raw {
  const from: Path = ['categories', index];
  const to: Path = ['decisions', number];
  draft.move(to, from);
  draft.move([...to, 'rules'], [...from, 'name']);
  draft.move([...to, 'modelRefs'], [...from, 'model_scores']);
  const scores = rawItems(category['model_scores']).toSorted(
    ([, left], [, right]) => scoreOf(right) - scoreOf(left),
  );
  const modelRefs = scores.map(([place, score], ref) => {
    const refPath = [...to, 'modelRefs', ref];
    draft.move(refPath, [...from, 'model_scores', place]);
    const ofCategory = without(category, Object.keys(score));
    const settings = Object.fromEntries(
      reasoningKeys.map((key) => [key, { value: ofCategory[key], from: [...from, key] }]),
    );
    return { ...placed(settings, refPath, draft), ...without(score, ['score']) };
  });
  const firstModel = String(modelRefs[0]?.['model']);
  const plugins = pluginsOf({ category, from, firstModel, models });
  return defined({
    name: category['name'],
    rules: { operator: 'AND', conditions: [{ type: 'domain', name: category['name'] }] },
    modelRefs,
    plugins: plugins.map(({ type, settings }, plugin) => ({
      type,
      configuration: placed(settings, [...to, 'plugins', plugin, 'configuration'], draft),
    })),
  });
}

/** Settings by name, each with the place where it was written. */
type Settings = Readonly<Record<string, { readonly value: unknown; readonly from: Path }>>;

/** The settings that were made, as one object at `to`. */
function placed(settings: Settings, to: Path, draft: Draft): Raw {
  const made = Object.entries(settings).filter(([, { value }]) => value !== undefined);
  for (const [key, { from }] of made) draft.move([...to, key], from);
  return Object.fromEntries(made.map(([key, { value }]) => [key, value]));
}

function scoreOf(score: Raw): number {
  return typeof score['score'] === 'number' ? score['score'] : 0;
}

interface PluginSource {
  readonly category: Raw;
  readonly from: Path;
  /** The model that answers, which in this form says which personal data it may see. */
  readonly firstModel: string;
  readonly models: unknown;
}

/** Keys of a plugin's configuration, and of the category that they come from. */
const pluginKeys = {
  system_prompt: {
    enabled: 'system_prompt_enabled',
    system_prompt: 'system_prompt',
    mode: 'system_prompt_mode',
  },
  'semantic-cache': {
    enabled: 'semantic_cache_enabled',
    similarity_threshold: 'semantic_cache_similarity_threshold',
  },
  jailbreak: { enabled: 'jailbreak_enabled', threshold: 'jailbreak_threshold' },
  pii: { enabled: 'pii_enabled', threshold: 'pii_threshold' },
} as const;

function pluginsOf(source: PluginSource): { readonly type: string; readonly settings: Settings }[] {
  const { category, from } = source;
  const plugins = Object.entries(pluginKeys).map(([type, keys]) => ({
    type,
    settings: Object.fromEntries([
      ...Object.entries(keys).map(([key, written]) => [
        key,
        { value: category[written], from: [...from, written] },
      ]),
      ...(type === 'pii' ? allowedTypes(source) : []),
    ]) as Settings,
  }));
  return plugins.filter(({ type, settings }) => {
    if (type !== 'system_prompt') {
      return Object.values(settings).some(({ value }) => value !== undefined);
    }
    const text = settings['system_prompt']?.value;
    return text !== undefined && text !== '';
  });
}

function allowedTypes({ firstModel, models }: PluginSource): [string, Settings[string]][] {
  const policy = memberOf(memberOf(models, firstModel), 'pii_policy');
  if (memberOf(policy, 'allow_by_default') !== false) return [];
  const from = ['model_config', firstModel, 'pii_policy', 'pii_types_allowed'];
  return [['pii_types_allowed', { value: memberOf(policy, 'pii_types_allowed') ?? [], from }]];
}

/** The oldest files list models at their endpoints, and not endpoints at their models. */
function modelsByEndpoint(value: Raw): { endpoints: unknown; models: unknown } {
  const endpoints = value['vllm_endpoints'];
  const models = new Map<string, Raw>(
    rawMembers(value['model_config']).map(([name, model]) => [
      name,
      without(model, ['pii_policy']),
    ]),
  );
  for (const [, endpoint] of rawItems(endpoints)) {
    const served = endpoint['models'];
    if (!isList(served)) continue;
    for (const name of served.map(String)) {
      const model = models.get(name) ?? {};
      const known = model['preferred_endpoints'];
      const preferred = isList(known) ? known : [];
      if (preferred.includes(endpoint['name'])) continue;
      models.set(name, { ...model, preferred_endpoints: [...preferred, endpoint['name']] });
    }
  }
  return {
    endpoints: isList(endpoints)
      ? endpoints.map((endpoint) => (isRaw(endpoint) ? without(endpoint, ['models']) : endpoint))
      : endpoints,
    models:
      isRaw(value['model_config']) || models.size > 0
        ? Object.fromEntries(models)
        : value['model_config'],
  };
}
