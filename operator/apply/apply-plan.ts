// A plan into the cluster: applies what is wanted, in order, and takes away what is not wanted any
// more. One object that is refused does not keep the others.
import { childTypeOf, identify } from '../child-types.ts';
import { liveObject, type World } from '../gather.ts';
import { isKubeError, type Kube, type KubeObject } from '../kube/port.ts';
import type { Observed } from '../observed.ts';
import type { Desired } from '../plan.ts';
import {
  applyObject,
  createObject,
  ForeignObject,
  LeftoverObject,
  refuseForeign,
  type ApplyDeps,
} from './apply-object.ts';
import type { RecentWrites } from './recent.ts';

export interface ApplyPlanDeps extends Omit<ApplyDeps, 'kube'> {
  readonly kube: Pick<Kube, 'apply' | 'delete' | 'get'>;
  readonly world: World;
  readonly recent: RecentWrites;
}

/**
 * `final`: trying again cannot help, somebody has to change something; `waiting`: it passes with
 * time; `retry`: it may work the next time.
 */
export type Outlook = 'final' | 'waiting' | 'retry';

export interface Failure {
  readonly object: string;
  readonly message: string;
  readonly outlook: Outlook;
  readonly cause: unknown;
}

export interface Applied {
  /** What the resource has now, of what was wanted and could be applied. */
  readonly live: readonly KubeObject[];
  readonly failures: readonly Failure[];
}

export async function applyPlan(
  desired: Desired,
  observed: Observed,
  deps: ApplyPlanDeps,
): Promise<Applied> {
  const live: KubeObject[] = [];
  const failures: Failure[] = [];
  const attempt = async (object: KubeObject, act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      if (deps.signal.aborted) throw error;
      failures.push(describe(object, error));
    }
  };
  for (const wanted of desired.objects) {
    await attempt(wanted, async () => {
      live.push(await put(wanted, observed, deps));
    });
  }
  for (const surplus of desired.surplus) {
    await attempt(surplus, () => remove(surplus, deps));
  }
  return { live, failures };
}

/** Resolves with the object as it is in the cluster then. */
async function put(
  wanted: KubeObject,
  observed: Observed,
  deps: ApplyPlanDeps,
): Promise<KubeObject> {
  const known = observed.children.find((child) => identify(child) === identify(wanted));
  const created = known === undefined ? await createObject(wanted, deps) : undefined;
  if (created !== undefined) {
    deps.recent.remember(created);
    return created;
  }
  const before = known ?? (await liveObject(wanted, observed.resource, deps));
  refuseForeign(before, observed.resource.metadata);
  const after = await applyObject(wanted, before, deps);
  if (after !== before) deps.recent.remember(after);
  return after;
}

async function remove(object: KubeObject, { kube, signal }: ApplyPlanDeps): Promise<void> {
  if (object.metadata.deletionTimestamp !== undefined) return;
  const { name, namespace, uid } = object.metadata;
  try {
    await kube.delete(
      childTypeOf(object),
      { name, ...(namespace === undefined ? {} : { namespace }) },
      { propagation: 'Background', signal, ...(uid === undefined ? {} : { uid }) },
    );
  } catch (error) {
    // Gone already, or another object of that name by now.
    if (!isKubeError(error, 'not-found', 'conflict')) throw error;
  }
}

function describe(object: KubeObject, error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return { object: identify(object), message, outlook: outlookOf(error), cause: error };
}

function outlookOf(error: unknown): Outlook {
  if (error instanceof LeftoverObject) return 'waiting';
  const isFinal =
    error instanceof ForeignObject || isKubeError(error, 'invalid', 'forbidden', 'bad-request');
  return isFinal ? 'final' : 'retry';
}
