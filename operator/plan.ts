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
import { parseResource, type ResourceFinding } from './resource/parse-resource.ts';
import type { Spec } from './resource/spec.ts';

export interface Plan {
  /** Whether what the user wrote can be used. */
  readonly accepted: Verdict & { readonly type: 'Accepted' };
  /** Why it cannot be used, each with its path; empty when it can. */
  readonly problems: readonly string[];
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
  const told = parsed.warnings.map(sentence);
  if (!parsed.ok) {
    return { ...nothing, warnings: told, ...refused('InvalidSpec', parsed.problems.map(sentence)) };
  }
  const { spec } = parsed;
  const chosen = chooseConfig(observed, spec);
  const plan = { ...nothing, ...chosen, spec, warnings: [...told, ...chosen.warnings] };
  if (spec.suspend) return plan.problems.length === 0 ? { ...plan, ...suspended } : plan;
  if (chosen.inForce === undefined) return plan;
  return { ...plan, desired: desire(observed, defaults, { spec, config: chosen.inForce }) };
}

const nothing = {
  problems: [],
  warnings: [],
  spec: undefined,
  wanted: undefined,
  desired: undefined,
} as const;

type Judgement = Pick<Plan, 'accepted' | 'problems'>;

const valid = accepted('Valid', 'The resource is used as it is.');
const suspended = accepted(
  'Suspended',
  'Nothing is applied while spec.suspend is true; what runs goes on.',
);

interface Chosen extends Judgement {
  readonly warnings: readonly string[];
  readonly wanted: EffectiveConfig | undefined;
  /** What the pods are given: what is wanted, else the last good one, if there is one. */
  readonly inForce: EffectiveConfig | undefined;
}

function chooseConfig({ resource, configSource, children }: Observed, spec: Spec): Chosen {
  const keep = (judgement: Judgement, warnings: readonly string[]): Chosen => ({
    ...judgement,
    warnings,
    wanted: undefined,
    inForce: lastGoodConfig(children, resource.metadata.uid),
  });
  if (configSource.kind === 'missing') {
    return keep(refused('ConfigNotFound', [configSource.message]), []);
  }
  const source =
    configSource.kind === 'found'
      ? ({ kind: 'text', text: configSource.text, where: configSource.where } as const)
      : ({ kind: 'inline', value: spec.config } as const);
  const result = effectiveConfig(source, spec);
  const { warnings } = result;
  if (!result.ok) return keep(refused('InvalidConfig', result.problems), warnings);
  return { ...valid, warnings, wanted: result.config, inForce: result.config };
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

function accepted(reason: Plan['accepted']['reason'], message: string): Judgement {
  return { accepted: { type: 'Accepted', status: 'True', reason, message }, problems: [] };
}

/** Longest message of a condition; the API server takes 32,768 characters. */
const maxMessage = 4096;

function refused(reason: Plan['accepted']['reason'], problems: readonly string[]): Judgement {
  const text = problems.join('\n');
  const message = text.length <= maxMessage ? text : `${text.slice(0, maxMessage - 1)}…`;
  return { accepted: { type: 'Accepted', status: 'False', reason, message }, problems };
}

function sentence({ path, message }: ResourceFinding): string {
  return path === '' ? message : `${path}: ${message}`;
}
