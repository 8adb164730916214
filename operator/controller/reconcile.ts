// What a controller's author writes: a function from an object's name to nothing, or to the wish to
// be called again; and the ways in which it may fail.
import type { ObjectName } from '../kube/port.ts';
import type { Log } from './surroundings.ts';

/** What a reconcile gets besides the name. */
export interface ReconcileContext {
  /** Aborted when the time is up, leadership is lost or the process ends. Pass it to every call. */
  readonly signal: AbortSignal;
  /** One for each call, in every log line of it. */
  readonly reconcileId: string;
  /** Carries the controller, the object and the reconcile id. */
  readonly log: Log;
}

/** Nothing more to do, or look again after a while though nothing may have happened. */
export interface ReconcileResult {
  readonly requeueAfterMs?: number;
}

/**
 * Makes the world match one object, whose newest form it reads from a store (it may be gone).
 * Level-based: it is not told what happened. Any error but a TerminalError is tried again.
 */
export type Reconcile = (name: ObjectName, context: ReconcileContext) => Promise<ReconcileResult>;

/** Trying again is useless until something changes: counted and logged, not repeated. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}
