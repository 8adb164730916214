// From what is known to what is wanted: which objects the cluster should hold, which of them should
// go, and whether the resource can be acted on at all. Pure; it reads and writes nothing.
import { apiKeySecretsHash } from './desired/auth/api-key-hash.ts';
import { authConfigType, identify, isOwnedBy } from './child-types.ts';
import { acceptedApiKeys, isApiKeySecret } from './desired/auth/api-keys.ts';
import { reminders } from './desired/auth/reminders.ts';
import type { DesiredContext, EffectiveConfig, OperatorDefaults } from './desired/context.ts';
import { readEffectiveConfig } from './desired/effective-config.ts';
import { desiredObjects } from './desired/index.ts';
import type { KubeObject } from './kube/port.ts';
import type { Observed } from './observed.ts';
import type { Spec } from './resource/spec.ts';
import { readWanted, type Accepted, type ReadWanted, type Wanted } from './wanted.ts';

export interface Plan extends Omit<Wanted, 'config'> {
  /** The configuration that the user wants; undefined when it cannot be used. */
  readonly wanted: EffectiveConfig | undefined;
  /** What the cluster should hold; undefined: leave everything as it is. */
  readonly desired: Desired | undefined;
}

export interface Desired {
  readonly context: DesiredContext;
  /** In the order in which they are applied. */
  readonly objects: readonly KubeObject[];
  /** What the resource owns and does not need any more. */
  readonly surplus: readonly KubeObject[];
}

export function makePlan(
  observed: Observed,
  defaults: OperatorDefaults,
  read: ReadWanted = readWanted,
): Plan {
  const { resource, configSource, children } = observed;
  const { config: wanted, ...told } = read(resource, configSource);
  const plan = { ...told, wanted, desired: undefined };
  const { spec } = told;
  if (spec === undefined) return plan;
  if (spec.suspend) return wanted === undefined ? plan : { ...plan, accepted: suspended };
  // What the pods are given: what is wanted, else the last good one, if there is one.
  const config = wanted ?? lastGoodConfig(children, resource.metadata.uid);
  if (config === undefined) return plan;
  return { ...plan, desired: desire(observed, defaults, { spec, config }) };
}

const suspended: Accepted = {
  type: 'Accepted',
  status: 'True',
  reason: 'Suspended',
  message: 'Nothing is applied while spec.suspend is true; what runs goes on.',
};

/**
 * The configuration in the ConfigMap that the pods read. It was good when it was written; with a
 * spec that has changed since then it is taken as it is, without what the spec would add now.
 */
function lastGoodConfig(children: readonly KubeObject[], uid: string): EffectiveConfig | undefined {
  const configMap = children.find((one) => one.kind === 'ConfigMap' && isOwnedBy(one, uid));
  const text = (configMap?.['data'] as Readonly<Record<string, string>> | undefined)?.[
    'config.yaml'
  ];
  if (text === undefined) return undefined;
  return readEffectiveConfig(text);
}

function desire(
  observed: Observed,
  defaults: OperatorDefaults,
  { spec, config }: { readonly spec: Spec; readonly config: EffectiveConfig },
): Desired {
  const { name, namespace, uid } = observed.resource.metadata;
  const resource = { name, namespace, uid };
  const authReminders = reminders({
    apiKeySecretsHash: hashOfApiKeys(observed, { resource, spec }),
    rivals: observed.hostRivals,
    nowMs: observed.nowMs,
    live: observed.children.find((one) => one.kind === authConfigType.kind && isOwnedBy(one, uid)),
  });
  const cluster = { ...observed.cluster, authReminders };
  const context: DesiredContext = { resource, spec, config, cluster, defaults };
  const objects = desiredObjects(context);
  const kept = new Set(objects.map(identify));
  const surplus = observed.children.filter(
    (child) => isOwnedBy(child, uid) && !kept.has(identify(child)),
  );
  return { context, objects, surplus };
}

function hashOfApiKeys(
  { apiKeySecrets }: Observed,
  asked: Pick<DesiredContext, 'resource' | 'spec'>,
): string | undefined {
  const apiKeys = acceptedApiKeys(asked);
  if (apiKeys === undefined || apiKeySecrets === undefined) return undefined;
  const own = apiKeySecrets.filter((secret) => isApiKeySecret(secret, asked, apiKeys));
  return apiKeySecretsHash(own, apiKeys);
}
