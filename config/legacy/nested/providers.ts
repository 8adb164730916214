// `providers` and `routing.modelCards`: models, the servers behind them, how they reason.
import type { Path } from '../../source/problem.ts';
import { defined, memberOf, without, type Draft } from '../draft.ts';
import { isRaw, rawItems, type Raw } from '../normalised.ts';
import { readAddress } from './address.ts';

const modelKeys = [
  'name',
  'reasoning_family',
  'reasoning',
  'provider_model_id',
  'api_format',
  'pricing',
  'backend_refs',
  // Without a counterpart here: other names of the model, retries and health checks of Envoy.
  'external_model_ids',
  'reliability',
];

export function flattenProviders(providers: unknown, cards: unknown, draft: Draft): void {
  if (!isRaw(providers)) return;
  draft.expect(providers, ['defaults', 'models'], ['providers']);
  const families = flattenDefaults(providers['defaults'], draft);
  const models: Record<string, unknown> = {};
  const endpoints: Raw[] = [];
  const names = endpointNames(providers['models']);
  for (const [index, model] of rawItems(providers['models'])) {
    const from: Path = ['providers', 'models', index];
    const { name } = model;
    if (typeof name !== 'string') {
      draft.refuse([...from, 'name'], 'is missing');
      continue;
    }
    if (Object.hasOwn(models, name)) draft.refuse([...from, 'name'], 'stands more than once');
    draft.expect(model, modelKeys, from);
    refuseOtherApi(model, from, draft);
    const preferred = rawItems(model['backend_refs']).flatMap(([place, ref]) => {
      const endpoint = endpointOf(ref, [...from, 'backend_refs', place], draft);
      if (endpoint === undefined) return [];
      const called = names.get(ref) ?? name;
      draft.move(['vllm_endpoints', endpoints.length], [...from, 'backend_refs', place]);
      endpoints.push({ name: called, ...endpoint });
      return [called];
    });
    if (preferred.length === 0) {
      draft.refuse([...from, 'backend_refs'], 'names no server that the model runs on');
    }
    moveModel(['model_config', name], from, draft);
    models[name] = defined({
      reasoning_family: familyOf(model, name, families),
      upstream_model: model['provider_model_id'],
      pricing: model['pricing'],
      preferred_endpoints: preferred,
      loras: lorasOf(cards, name),
    });
  }
  const defaults: Path = ['providers', 'defaults'];
  draft.section(
    'reasoning_families',
    [...defaults, 'reasoning_families'],
    Object.fromEntries(families),
  );
  draft.section('model_config', ['providers', 'models'], models);
  draft.section('vllm_endpoints', ['providers', 'models'], endpoints);
}

function flattenDefaults(defaults: unknown, draft: Draft): Map<string, unknown> {
  const path: Path = ['providers', 'defaults'];
  const spellings = {
    default_model: ['default_model', 'model'],
    default_reasoning_effort: ['default_reasoning_effort', 'reasoning_effort'],
  };
  draft.expect(defaults, [...Object.values(spellings).flat(), 'reasoning_families'], path);
  for (const [section, keys] of Object.entries(spellings)) {
    draft.move([section], [...path, section]);
    for (const key of keys) draft.section(section, [...path, key], memberOf(defaults, key));
  }
  const families = memberOf(defaults, 'reasoning_families');
  return new Map(isRaw(families) ? Object.entries(families) : []);
}

function moveModel(to: Path, from: Path, draft: Draft): void {
  draft.move(to, from);
  draft.move([...to, 'upstream_model'], [...from, 'provider_model_id']);
  draft.move([...to, 'preferred_endpoints'], [...from, 'backend_refs']);
}

/** A family by name, or one of the model's own. */
function familyOf(model: Raw, name: string, families: Map<string, unknown>): unknown {
  if (model['reasoning_family'] !== undefined) return model['reasoning_family'];
  const { reasoning } = model;
  if (memberOf(reasoning, 'family') !== undefined) return memberOf(reasoning, 'family');
  const type = memberOf(reasoning, 'type');
  if (type === undefined) return undefined;
  families.set(name, defined({ type, parameter: memberOf(reasoning, 'parameter') }));
  return name;
}

function lorasOf(cards: unknown, name: string): unknown {
  const card = rawItems(cards).find(([, candidate]) => candidate['name'] === name);
  return card?.[1]['loras'];
}

function refuseOtherApi(model: Raw, from: Path, draft: Draft): void {
  const format = model['api_format'];
  if (format === undefined || format === 'openai') return;
  draft.refuse([...from, 'api_format'], 'must be openai: other APIs of backends are not supported');
}

/** The names of servers are unique for a model there, and for the whole file here. */
function endpointNames(models: unknown): Map<Raw, string> {
  const names = new Map<Raw, string>();
  const taken = new Set<string>();
  for (const [, model] of rawItems(models)) {
    for (const [index, ref] of rawItems(model['backend_refs'])) {
      const own = typeof ref['name'] === 'string' ? ref['name'] : String(index);
      const name =
        taken.has(own) || ref['name'] === undefined ? `${String(model['name'])}:${own}` : own;
      taken.add(name);
      names.set(ref, name);
    }
  }
  return names;
}

const noCredentials =
  'is not supported: the router adds no credentials; let Envoy or a gateway do it';
const refused: ReadonlyMap<string, string> = new Map([
  ['api_key', noCredentials],
  ['api_key_env', noCredentials],
  ['auth_header', noCredentials],
  ['auth_prefix', noCredentials],
  ['extra_headers', 'is not supported: use the plugin `header_mutation` of a decision'],
  ['api_version', 'is not supported: requests keep their path and query'],
]);
const refKeys = [
  'name',
  'endpoint',
  'base_url',
  'protocol',
  'weight',
  'type',
  'provider',
  'chat_path',
];

function shown(path: unknown): string {
  return typeof path === 'string' ? path : '';
}

/** Undefined for a server that gets no traffic, or that cannot be reached as things are written. */
function endpointOf(ref: Raw, from: Path, draft: Draft): Raw | undefined {
  for (const key of Object.keys(ref)) {
    const reason = refused.get(key);
    if (reason !== undefined) draft.refuse([...from, key], reason);
  }
  draft.expect(without(ref, [...refused.keys()]), refKeys, from);
  if (ref['weight'] === 0) return undefined;
  const key = ref['base_url'] === undefined ? 'endpoint' : 'base_url';
  const address = readAddress(ref[key], ref['protocol']);
  if (address === undefined) {
    draft.refuse([...from, key], 'must be host:port, or a URL such as https://host/v1');
    return undefined;
  }
  const path = ref['chat_path'];
  if (path !== undefined && `${address.path}${shown(path)}` !== '/v1/chat/completions') {
    draft.refuse([...from, 'chat_path'], 'must make the path /v1/chat/completions: paths are kept');
  } else if (address.path !== '' && address.path !== '/v1') {
    draft.refuse([...from, key], 'must have the path /v1 or none: requests keep their path');
  }
  const { host, port, tls } = address;
  return defined({ address: host, port, weight: ref['weight'], tls: tls ? {} : undefined });
}
