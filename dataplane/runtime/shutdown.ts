// The end of a router in order. Knows nothing of gRPC and of Kubernetes.
import { setTimeout as sleep } from 'node:timers/promises';
import type { EnvoyDrain } from './envoy-drain.ts';

export interface StreamsToEnd {
  readonly server: {
    setServing(isServing: boolean): void;
    /** No new streams; resolves when the running ones have ended, or are cut after `graceMs`. */
    drain(graceMs: number): Promise<void>;
  };
  /** The Envoy beside the router, if it is ours to drain. */
  readonly envoy: EnvoyDrain | undefined;
  /** Time between "not ready" and "no new work": others need it to notice. */
  readonly drainDelayMs: number;
  /** How long running streams may go on after that. */
  readonly graceMs: number;
  /** Milliseconds that are left for everything; the grace gives way. */
  readonly left: TimeLeft;
}

type TimeLeft = () => number;

// Cutting what still runs, and writing the ledger out.
const lastStepsMs = 2000;

/** What is left of `withinMs` for waiting, counted from now; endless when it is undefined. */
export function createTimeLeft(
  withinMs = Infinity,
  now: () => number = () => performance.now(),
): TimeLeft {
  const deadline = now() + withinMs - lastStepsMs;
  return () => Math.max(0, deadline - now());
}

/**
 * Resolves when no stream runs any more. Envoy comes first: what it has taken in it must be able to
 * ask the router about, so the router takes streams until Envoy has none.
 */
export async function endStreams(parts: StreamsToEnd): Promise<void> {
  const { server, envoy, drainDelayMs, left } = parts;
  server.setServing(false);
  await envoy?.turnAway();
  await sleep(Math.min(drainDelayMs, left()));
  await envoy?.stopListening();
  const graceMs = Math.min(parts.graceMs, left());
  const startedAt = performance.now();
  await envoy?.idle(graceMs);
  await server.drain(Math.max(0, graceMs - (performance.now() - startedAt)));
}

/** Tells others when the router's streams have ended. */
export interface DrainNotice {
  begin(): void;
  end(): void;
  /** Resolves with `end`; or after a moment in which `begin` was not called. */
  ended(): Promise<void>;
}

// Kubernetes tells all containers of a pod at once. Where it ends Envoy alone, there is nothing to
// wait for.
const togetherMs = 3000;

export function createDrainNotice(waitMs = togetherMs): DrainNotice {
  const begun = Promise.withResolvers<undefined>();
  const ended = Promise.withResolvers<undefined>();
  let hasBegun = false;
  return {
    begin: () => {
      hasBegun = true;
      begun.resolve(undefined);
    },
    end: () => {
      ended.resolve(undefined);
    },
    ended: async () => {
      await Promise.race([begun.promise, sleep(waitMs, undefined, { ref: false })]);
      if (hasBegun) await ended.promise;
    },
  };
}
