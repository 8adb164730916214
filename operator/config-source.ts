// Where the router configuration of a resource stands: in it, or in a ConfigMap that it names. Pure.
import type { KubeObject } from './kube/port.ts';
import type { ConfigSource } from './observed.ts';

export interface ConfigMapReference {
  readonly name: string;
  readonly key: string;
}

/** Looked for before the spec is parsed, so whatever stands there is not believed. */
export function configMapReference(spec: unknown): ConfigMapReference | undefined {
  const configMap = field(field(spec, 'configFrom'), 'configMap');
  const name = field(configMap, 'name');
  const key = field(configMap, 'key');
  if (typeof name !== 'string' || name === '') return undefined;
  return { name, key: typeof key === 'string' ? key : 'config.yaml' };
}

/** `configMap`: the one that is named, where it is there. */
export function configSourceOf(
  reference: ConfigMapReference | undefined,
  configMap: KubeObject | undefined,
): ConfigSource {
  if (reference === undefined) return { kind: 'inline' };
  const { name, key } = reference;
  const missing = (what: string): ConfigSource => ({
    kind: 'missing',
    message: `spec.configFrom.configMap: ${what}`,
  });
  if (configMap === undefined) return missing(`there is no ConfigMap ${name}`);
  const text = field(configMap['data'], key);
  if (typeof text !== 'string') return missing(`the ConfigMap ${name} has no key ${key}`);
  return { kind: 'found', text, where: `configmap/${name}[${key}]` };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
