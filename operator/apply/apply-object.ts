// One object into the cluster: nothing is written that is there already, what belongs to somebody
// else is left alone, and a field that another manager holds is told of before it is taken.
import { contentHash } from '../../config/content-hash.ts';
import { childTypeOf, instanceLabel, isOwnedBy, managedByLabel } from '../child-types.ts';
import {
  isKubeError,
  type Kube,
  type KubeError,
  type KubeObject,
  type OwnerReference,
} from '../kube/port.ts';
import { apiGroup, fieldManagers, kind } from '../resource/semantic-router-maas.ts';
import { covers } from './covers.ts';

/**
 * On every object: the hash of what was wanted when it was applied. Tells whether anything that was
 * wanted earlier is not any more, which the object alone does not show.
 */
export const appliedHashAnnotation = 'semantic-router.io/applied-hash';

/** Holds replicas for the moment between our letting go of them and an autoscaler's taking over. */
const handOverManager = 'semantic-router-maas-hand-over';

export interface ApplyDeps {
  readonly kube: Pick<Kube, 'apply' | 'get'>;
  readonly signal: AbortSignal;
  /** Told when fields were taken from another manager; the message names it. */
  readonly onConflict: (object: KubeObject, message: string) => void;
}

/** Somebody else's object bears the name. */
export class ForeignObject extends Error {}

/** An object of an earlier resource of the same name, which the garbage collector has still to take. */
export class LeftoverObject extends Error {}

/**
 * Resolves with the object as it is in the cluster then. Rejects as the API server refuses.
 */
export async function applyObject(
  wanted: KubeObject,
  live: KubeObject | undefined,
  deps: ApplyDeps,
): Promise<KubeObject> {
  const stamped = withHash(wanted);
  if (live !== undefined && covers(live, stamped)) return live;
  const { kube, signal } = deps;
  const type = childTypeOf(wanted);
  const options = { fieldManager: fieldManagers.objects, signal };
  if (letsGoOfReplicas(wanted, live)) await handOverReplicas(wanted, deps);
  try {
    return await kube.apply(type, stamped, options);
  } catch (error) {
    if (!isKubeError(error, 'conflict')) throw error;
    deps.onConflict(wanted, conflictSentence(error));
    return kube.apply(type, stamped, { ...options, force: true });
  }
}

/**
 * A version that no object has: whoever applies with it can create the object, and is refused with a
 * conflict where there is one. So a new object costs one request, and none is taken over unseen.
 */
const onlyIfAbsent = '1';

/** Resolves with the new object; undefined where one of that name is there already. */
export async function createObject(
  wanted: KubeObject,
  { kube, signal }: ApplyDeps,
): Promise<KubeObject | undefined> {
  const { metadata, ...object } = withHash(wanted);
  try {
    return await kube.apply(
      childTypeOf(wanted),
      { ...object, metadata: { ...metadata, resourceVersion: onlyIfAbsent } },
      { fieldManager: fieldManagers.objects, signal },
    );
  } catch (error) {
    if (isKubeError(error, 'conflict')) return undefined;
    throw error;
  }
}

/** Throws ForeignObject or LeftoverObject where an object of that name is not the resource's. */
export function refuseForeign(
  live: KubeObject | undefined,
  resource: { readonly name: string; readonly uid: string },
): void {
  if (live === undefined || isOwnedBy(live, resource.uid) || isOrphanOf(live, resource)) return;
  const owner = live.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner !== undefined && bearsNameOf(owner, resource)) {
    throw new LeftoverObject('an earlier resource of this name had it, and it is being removed');
  }
  const whose = owner === undefined ? '' : `: ${owner.kind} ${owner.name} controls it`;
  throw new ForeignObject(
    `it is there already and does not belong to this resource${whose}; ` +
      'rename the resource or remove the object',
  );
}

/** No two resources have one name at a time: with another uid than ours, the owner is gone. */
function bearsNameOf(
  owner: Pick<OwnerReference, 'apiVersion' | 'kind' | 'name'>,
  { name }: { readonly name: string },
): boolean {
  return owner.kind === kind && owner.name === name && owner.apiVersion.startsWith(`${apiGroup}/`);
}

/** An object of ours that lost its owner: by hand, or on its way through a backup. */
function isOrphanOf({ metadata }: KubeObject, { name }: { readonly name: string }): boolean {
  const { labels = {}, ownerReferences = [] } = metadata;
  return (
    labels[managedByLabel] === fieldManagers.objects &&
    labels[instanceLabel] === name &&
    !ownerReferences.some(({ controller }) => controller === true)
  );
}

function withHash(wanted: KubeObject): KubeObject {
  const { metadata } = wanted;
  const annotations = {
    ...metadata.annotations,
    [appliedHashAnnotation]: contentHash(JSON.stringify(wanted)),
  };
  return { ...wanted, metadata: { ...metadata, annotations } };
}

/** Whether an autoscaler is to have the replicas, which fall back to 1 when we just let go. */
function letsGoOfReplicas(wanted: KubeObject, live: KubeObject | undefined): boolean {
  return wanted.kind === 'Deployment' && live !== undefined && replicasOf(wanted) === undefined;
}

/** Asks the API server itself: caches have no managed fields, and may lag behind an autoscaler. */
async function handOverReplicas(wanted: KubeObject, { kube, signal }: ApplyDeps): Promise<void> {
  const { apiVersion, kind } = wanted;
  const { name, namespace } = wanted.metadata;
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  const live = await kube.get(childTypeOf(wanted), metadata, { signal });
  const replicas = replicasOf(live);
  if (replicas === undefined || !holdsReplicas(live)) return;
  await kube.apply(
    childTypeOf(wanted),
    { apiVersion, kind, metadata, spec: { replicas } },
    { fieldManager: handOverManager, force: true, signal },
  );
}

function replicasOf(deployment: KubeObject): number | undefined {
  return (deployment['spec'] as { readonly replicas?: number } | undefined)?.replicas;
}

function holdsReplicas({ metadata }: KubeObject): boolean {
  return (metadata.managedFields ?? []).some(
    ({ manager, fieldsV1 }) =>
      manager === fieldManagers.objects && JSON.stringify(fieldsV1 ?? {}).includes('"f:replicas"'),
  );
}

function conflictSentence(error: KubeError): string {
  const fields = error.causes.map(({ field, message }) => `${field} (${message})`).join(', ');
  return fields === '' ? error.message : fields;
}
