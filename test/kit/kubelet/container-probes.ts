// The three probes of one running container: startup first, then readiness and liveness together.
import type { Container, Probe } from './pod.ts';
import { runProbe } from './probing.ts';

export interface ContainerProbes {
  readonly container: Container;
  /** One attempt of a probe. */
  readonly attempt: (probe: Probe, timeout: AbortSignal) => Promise<boolean>;
  readonly onStarted: () => void;
  readonly onReady: (isReady: boolean) => void;
  /** The startup or the liveness probe has given the process up. */
  readonly onDead: (probe: Probe) => void;
  /** Aborted when the process has ended. */
  readonly signal: AbortSignal;
}

export async function runContainerProbes(options: ContainerProbes): Promise<void> {
  const { container, onStarted, onReady, onDead, signal } = options;
  const { startupProbe, readinessProbe, livenessProbe } = container;
  if (startupProbe !== undefined && !(await startsUp(startupProbe, options))) return;
  onStarted();
  if (readinessProbe === undefined) onReady(true);
  const readiness =
    readinessProbe !== undefined &&
    runProbe({
      ...{ probe: readinessProbe, isEager: true, onVerdict: onReady, signal },
      attempt: (timeout) => options.attempt(readinessProbe, timeout),
    });
  const liveness =
    livenessProbe !== undefined &&
    runProbe({
      ...{ probe: livenessProbe, isEager: false, signal },
      attempt: (timeout) => options.attempt(livenessProbe, timeout),
      onVerdict: (isAlive) => {
        if (!isAlive) onDead(livenessProbe);
      },
    });
  await Promise.all([readiness, liveness]);
}

/** Runs the startup probe to its verdict; false also when the process ended before. */
async function startsUp(probe: Probe, options: ContainerProbes): Promise<boolean> {
  const over = new AbortController();
  const outcome: { hasStarted: boolean } = { hasStarted: false };
  await runProbe({
    ...{ probe, isEager: true },
    signal: AbortSignal.any([options.signal, over.signal]),
    attempt: (timeout) => options.attempt(probe, timeout),
    onVerdict: (holds) => {
      outcome.hasStarted = holds;
      over.abort();
      if (!holds) options.onDead(probe);
    },
  });
  return outcome.hasStarted;
}
