// From what is known to what is wanted: which objects the cluster should hold, which of them should
// go, and whether the resource can be acted on at all. Pure; it reads and writes nothing.
import { apiKeySecretsHash } from './api-key-hash.ts';
import { identify, isOwnedBy } from './child-types.ts';
import { acceptedApiKeys, isApiKeySecret } from './desired/auth/api-keys.ts';
import type { DesiredContext, EffectiveConfig, OperatorDefaults } from './desired/context.ts';
import { effectiveConfig, readEffectiveConfig } from './desired/effective-config.ts';
import { desiredObjects } from './desired/index.ts';
import type { KubeObject } from './kube/port.ts';
import type { Observed } from './observed.ts';
import type { Verdict } from './reasons.ts';
import { parseResource } from './resource/parse-resource.ts';
import type { Spec } from './resource/spec.ts';

export interface Plan {
  /** Whether what the user wrote can be used. */
  readonly accepted: Verdict & { readonly type: 'Accepted' };
  /** What the author of a right resource should know all the same. */
  readonly warnings: readonly string[];
  /** The spec with its defaults; undefined when it cannot be read. */
  readonly spec: Spec | undefined;
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

export function makePlan(observed: Observed, defaults: OperatorDefaults): Plan {
  const parsed = parseResource(observed.resource);
  if (!parsed.ok) {
    const message = problemText(
      parsed.problems.map(({ path, message: text }) => `${path}: ${text}`),
    );
    return { ...nothing, accepted: refused('InvalidSpec', message) };
  }
  const { spec, warnings } = parsed;
  const told = warnings.map(({ path, message }) => `${path}: ${message}`);
  const chosen = chooseConfig(observed, spec);
  const plan = { ...nothing, ...chosen, spec, warnings: [...told, ...chosen.warnings] };
  if (spec.suspend) return { ...plan, accepted: suspended };
  if (chosen.inForce === undefined) return plan;
  return { ...plan, desired: desire(observed, defaults, { spec, config: chosen.inForce }) };
}

const nothing = { warnings: [], spec: undefined, wanted: undefined, desired: undefined } as const;

const valid = accepted('True', 'Valid', 'The resource is used as it is.');
const suspended = accepted(
  'True',
  'Suspended',
  'Nothing is applied while spec.suspend is true; what runs goes on.',
);

interface Chosen {
  readonly accepted: Plan['accepted'];
  readonly warnings: readonly string[];
  readonly wanted: EffectiveConfig | undefined;
  /** What the pods are given: what is wanted, else the last good one, if there is one. */
  readonly inForce: EffectiveConfig | undefined;
}

function chooseConfig({ resource, configSource, children }: Observed, spec: Spec): Chosen {
  const keep = (accepted: Plan['accepted']): Chosen => ({
    accepted,
    warnings: [],
    wanted: undefined,
    inForce: lastGoodConfig(children, resource.metadata.uid),
  });
  if (configSource.kind === 'missing') return keep(refused('ConfigNotFound', configSource.message));
  const source =
    configSource.kind === 'found'
      ? ({ kind: 'text', text: configSource.text, where: configSource.where } as const)
      : ({ kind: 'inline', value: spec.config } as const);
  const result = effectiveConfig(source, spec);
  if (!result.ok) return keep(refused('InvalidConfig', problemText(result.problems)));
  const { config, warnings } = result;
  return { accepted: valid, warnings, wanted: config, inForce: config };
}

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
  const hash = hashOfApiKeys(observed, { resource, spec });
  const cluster = { ...observed.cluster, apiKeySecretsHash: hash };
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

function accepted(
  status: 'True' | 'False',
  reason: Plan['accepted']['reason'],
  message: string,
): Plan['accepted'] {
  return { type: 'Accepted', status, reason, message };
}

function refused(reason: Plan['accepted']['reason'], message: string): Plan['accepted'] {
  return accepted('False', reason, message);
}

/** Longest message of a condition; the API server takes 32,768 characters. */
const maxMessage = 4096;

function problemText(problems: readonly string[]): string {
  const text = problems.join('\n');
  return text.length <= maxMessage ? text : `${text.slice(0, maxMessage - 1)}…`;
}
