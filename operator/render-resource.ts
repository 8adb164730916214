// What the cluster would hold for a resource, from what is in a file: the same functions as in a
// cluster, and no cluster. Pure.
import type { ClusterFacts, DesiredContext, OperatorDefaults } from './desired/context.ts';
import {
  effectiveConfig,
  type ConfigSource,
  type EffectiveConfigResult,
} from './desired/effective-config.ts';
import { desiredObjects } from './desired/index.ts';
import type { KubeObject } from './kube/port.ts';
import { parseResource, type ResourceFinding } from './resource/parse-resource.ts';
import type { Spec } from './resource/spec.ts';

export interface RenderInput {
  /** As somebody wrote it; `metadata.namespace` and `metadata.uid` are there. */
  readonly resource: KubeObject;
  /** Where `spec.configFrom` is looked for. */
  readonly configMaps: readonly KubeObject[];
  readonly cluster: ClusterFacts;
  readonly defaults: OperatorDefaults;
}

export type Rendered =
  | {
      readonly ok: true;
      readonly context: DesiredContext;
      /** In the order in which they are applied. */
      readonly objects: readonly KubeObject[];
      readonly warnings: readonly string[];
    }
  | {
      readonly ok: false;
      /** Each with its path; never empty. */
      readonly problems: readonly string[];
      readonly warnings: readonly string[];
    };

export function renderResource({ resource, configMaps, cluster, defaults }: RenderInput): Rendered {
  const parsed = parseResource(resource);
  const warnings = parsed.warnings.map(sentence);
  if (!parsed.ok) return { ok: false, problems: parsed.problems.map(sentence), warnings };
  const { spec } = parsed;
  const { name, namespace = '', uid = '' } = resource.metadata;
  const result = configOf(
    spec,
    configMaps.filter((one) => isIn(one, namespace)),
  );
  const all = [...warnings, ...result.warnings];
  if (!result.ok) return { ok: false, problems: result.problems, warnings: all };
  const { config } = result;
  const context = { resource: { name, namespace, uid }, spec, config, cluster, defaults };
  return { ok: true, context, objects: desiredObjects(context), warnings: all };
}

function configOf(spec: Spec, configMaps: readonly KubeObject[]): EffectiveConfigResult {
  if (spec.configFrom === undefined) {
    return effectiveConfig({ kind: 'inline', value: spec.config }, spec);
  }
  const source = sourceOf(spec.configFrom.configMap, configMaps);
  return typeof source === 'string'
    ? { ok: false, problems: [source], warnings: [] }
    : effectiveConfig(source, spec);
}

/** A sentence where it is not there. */
function sourceOf(
  { name, key }: { readonly name: string; readonly key: string },
  configMaps: readonly KubeObject[],
): ConfigSource | string {
  const found = configMaps.find(({ metadata }) => metadata.name === name);
  const data = (found?.['data'] ?? {}) as Readonly<Record<string, unknown>>;
  const text = Object.hasOwn(data, key) ? data[key] : undefined;
  const place = 'spec.configFrom.configMap';
  if (found === undefined) return `${place}: there is no ConfigMap ${name}`;
  if (typeof text !== 'string') return `${place}: the ConfigMap ${name} has no key ${key}`;
  return { kind: 'text', text, where: `configmap/${name}[${key}]` };
}

function isIn({ metadata }: KubeObject, namespace: string): boolean {
  return metadata.namespace === undefined || metadata.namespace === namespace;
}

function sentence({ path, message }: ResourceFinding): string {
  return path === '' ? message : `${path}: ${message}`;
}
