// One resource, from what is known to what should be: gather, plan, apply, prune, report.
import { isDeepStrictEqual } from 'node:util';
import { applyPlan, type Applied, type ApplyPlanDeps } from './apply/apply-plan.ts';
import { authConfigType, identify } from './child-types.ts';
import { transitions } from './conditions/transitions.ts';
import { untilReminded } from './desired/auth/reminders.ts';
import type { OperatorDefaults } from './desired/context.ts';
import { askPods, gather, isStillThere } from './gather.ts';
import { isNamespaceEnding, type Kube, type ObjectName } from './kube/port.ts';
import { makePlan, type Plan } from './plan.ts';
import type { Observed } from './observed.ts';
import {
  fieldManagers,
  semanticRouterMaasType,
  type SemanticRouterMaas,
} from './resource/semantic-router-maas.ts';
import type { Condition, Status } from './resource/status.ts';
import { buildStatus } from './status.ts';
import type { ReadWanted } from './wanted.ts';

export interface ReconcileDeps extends Omit<ApplyPlanDeps, 'kube' | 'signal' | 'onConflict'> {
  readonly kube: Pick<Kube, 'apply' | 'delete' | 'get' | 'patchStatus'>;
  readonly defaults: OperatorDefaults;
  readonly readWanted: ReadWanted;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of each condition that changed, once. */
  readonly onTransition: (resource: SemanticRouterMaas, condition: Condition) => void;
  readonly onWarning: (resource: SemanticRouterMaas, reason: string, message: string) => void;
}

export interface Reconciled {
  /** When to look again although nothing changed; undefined: whenever something does. */
  readonly againAfterMs: number | undefined;
}

/** What passes with time is looked at again so often: pods that have still to take a configuration. */
const askAgainMs = 2_000;

/** What was refused is tried again so often: nobody tells when a right, a quota or a webhook changes. */
const refusedAgainMs = 60_000;

/**
 * Does all there is to do for one resource, which may be nothing. Rejects when something failed that
 * may work the next time; what a user has to mend is in the conditions.
 */
export async function reconcile(
  name: ObjectName,
  deps: ReconcileDeps,
  signal: AbortSignal,
): Promise<Reconciled> {
  const resource = deps.world.resource(name);
  // What is on its way out is taken apart by the garbage collector.
  if (resource === undefined || resource.metadata.deletionTimestamp !== undefined) return settled;
  const observed = await gather(resource, deps.world, { signal, nowMs: deps.now() });
  const plan = makePlan(observed, deps.defaults, deps.readWanted);
  if (restores(plan, observed) && !(await isStillThere(resource, deps.world, signal))) {
    return settled;
  }
  const applied = await apply(plan, observed, { deps, signal });
  // What becomes of it nobody will read: the namespace goes, and the resource with it.
  if (applied?.failures.some(({ cause }) => isNamespaceEnding(cause)) === true) return settled;
  const pods = await askPods(resource, deps.world, signal);
  const status = buildStatus({ observed, plan, applied, pods, nowMs: deps.now() });
  await report(resource, status, { deps, signal });
  if (isNews(resource.status, status)) {
    for (const warning of plan.warnings) deps.onWarning(resource, 'ConfigWarning', warning);
  }
  const failures = applied?.failures ?? [];
  const retryable = failures.find(({ outlook }) => outlook === 'retry');
  if (retryable !== undefined) throw retryable.cause;
  const isWaiting = failures.some(({ outlook }) => outlook === 'waiting');
  return {
    againAfterMs: earliest([
      isWaiting || isWaitingForPods(status) ? askAgainMs : undefined,
      failures.length > 0 ? refusedAgainMs : undefined,
      untilRemindedOf(plan, deps.now()),
    ]),
  };
}

const settled: Reconciled = { againAfterMs: undefined };

function earliest(waits: readonly (number | undefined)[]): number | undefined {
  const given = waits.filter((wait) => wait !== undefined);
  return given.length === 0 ? undefined : Math.min(...given);
}

function untilRemindedOf({ desired }: Plan, nowMs: number): number | undefined {
  const authConfig = desired?.objects.find(({ kind }) => kind === authConfigType.kind);
  return authConfig === undefined ? undefined : untilReminded(authConfig, nowMs);
}

/** Whether a child is missing that was there before: somebody deleted it, or all is being deleted. */
function restores({ desired }: Plan, { children, resource }: Observed): boolean {
  const had = new Set(
    (resource.status?.inventory ?? []).map(({ kind, name }) => `${kind} ${name}`),
  );
  const has = new Set(children.map(identify));
  return (desired?.objects ?? []).some(
    (object) => had.has(`${object.kind} ${object.metadata.name}`) && !has.has(identify(object)),
  );
}

interface Context {
  readonly deps: ReconcileDeps;
  readonly signal: AbortSignal;
}

async function apply(
  { desired }: Plan,
  observed: Observed,
  { deps, signal }: Context,
): Promise<Applied | undefined> {
  const { resource } = observed;
  if (desired === undefined) return undefined;
  return applyPlan(desired, observed, {
    ...deps,
    signal,
    onConflict: (object, message) => {
      const text = `${object.kind} ${object.metadata.name}: fields were taken back: ${message}`;
      deps.onWarning(resource, 'FieldConflict', text);
    },
  });
}

/** Writes the status where it says anything new, and tells of the conditions that changed. */
async function report(
  resource: SemanticRouterMaas,
  status: Status,
  { deps, signal }: Context,
): Promise<void> {
  if (isDeepStrictEqual(plain(resource.status), plain(status))) return;
  const { apiVersion, kind } = resource;
  const { name, namespace, uid } = resource.metadata;
  const written = await deps.kube.patchStatus(
    semanticRouterMaasType,
    { apiVersion, kind, metadata: { name, namespace, uid }, status },
    { fieldManager: fieldManagers.status, how: 'apply', force: true, signal },
  );
  deps.recent.remember(written);
  for (const condition of transitions(status.conditions ?? [], resource.status?.conditions ?? [])) {
    deps.onTransition(resource, condition);
  }
}

/** Whether another spec or configuration was looked at than before; a restart alone is no news. */
function isNews(before: Status | undefined, now: Status): boolean {
  return (
    before?.observedGeneration !== now.observedGeneration || before?.configHash !== now.configHash
  );
}

/** As the API server would store it. */
function plain(status: Status | undefined): unknown {
  return JSON.parse(JSON.stringify(status ?? {}));
}

function isWaitingForPods({ conditions = [] }: Status): boolean {
  return conditions.some(
    ({ type, reason }) =>
      type === 'ConfigLoaded' && (reason === 'Pending' || reason === 'Unreachable'),
  );
}
