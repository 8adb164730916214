// The environment and the command line of a container: references resolved, `$(VAR)` expanded.
import { fieldValue, resourceValue, type Downward } from './downward.ts';
import type { Kind, Objects } from './objects.ts';
import type { Container, EnvVar, KeyRef } from './pod.ts';

export type Environment = ReadonlyMap<string, string>;

/** Rejects with a sentence when a ConfigMap, Secret or key is missing that is not optional. */
export async function resolveEnvironment(
  container: Container,
  self: Downward,
  objects: Objects,
): Promise<Environment> {
  const { namespace } = self.pod.metadata;
  const env = new Map<string, string>();
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const kind = configMapRef === undefined ? 'secrets' : 'configmaps';
    const reference = configMapRef ?? secretRef;
    if (reference === undefined) continue;
    const data = await objects.data(kind, namespace, reference.name);
    if (data === undefined && reference.optional !== true) throw missing(kind, reference.name);
    for (const [key, value] of data ?? []) env.set(prefix + key, value.toString());
  }
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable, { container, self, objects });
    if (value !== undefined) env.set(variable.name, expand(value, env));
  }
  return env;
}

async function valueOf(
  { value, valueFrom }: EnvVar,
  around: { readonly container: Container; readonly self: Downward; readonly objects: Objects },
): Promise<string | undefined> {
  const { container, self, objects } = around;
  if (valueFrom === undefined) return value ?? '';
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef !== undefined) return fieldValue(self, fieldRef.fieldPath);
  if (resourceFieldRef !== undefined) {
    const { containers, initContainers = [] } = self.pod.spec;
    const named = [...containers, ...initContainers].find(
      ({ name }) => name === resourceFieldRef.containerName,
    );
    return resourceValue(named ?? container, resourceFieldRef);
  }
  const keyed = async (kind: Kind, reference: KeyRef): Promise<string | undefined> => {
    const data = await objects.data(kind, self.pod.metadata.namespace, reference.name);
    const found = data?.get(reference.key);
    if (found !== undefined || reference.optional === true) return found?.toString();
    throw data === undefined
      ? missing(kind, reference.name)
      : new Error(`couldn't find key ${reference.key} in ${kind.slice(0, -1)} ${reference.name}`);
  };
  if (configMapKeyRef !== undefined) return keyed('configmaps', configMapKeyRef);
  if (secretKeyRef !== undefined) return keyed('secrets', secretKeyRef);
  return '';
}

function missing(kind: Kind, name: string): Error {
  return new Error(`${kind.slice(0, -1)} "${name}" not found`);
}

/** Replaces `$(VAR)` by its value; an unknown one stays as it is, and `$$` stands for `$`. */
export function expand(text: string, env: Environment): string {
  return text.replace(/\$\$|\$\(([^()]*)\)/g, (found: string, name?: string) =>
    name === undefined ? '$' : (env.get(name) ?? found),
  );
}
