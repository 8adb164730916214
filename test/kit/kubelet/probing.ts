// Runs one probe again and again and tells when its verdict changes.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Probe } from './pod.ts';

/**
 * While a verdict of `true` is waited for, the probe also runs this often; a failure then does not
 * count. A kubelet would let a test wait for a whole period.
 */
const eagerPeriodMs = 100;

export interface Probing {
  readonly probe: Probe;
  /** One attempt; the signal is aborted after the probe's timeout. */
  readonly attempt: (signal: AbortSignal) => Promise<boolean>;
  /** Called when the thresholds give a verdict that differs from the last one; `true` and `false`. */
  readonly onVerdict: (holds: boolean) => void;
  /** For startup and readiness: see eagerPeriodMs. */
  readonly isEager: boolean;
  /** Ends it. */
  readonly signal: AbortSignal;
}

export async function runProbe(options: Probing): Promise<void> {
  const { probe, attempt, onVerdict, isEager, signal } = options;
  const periodMs = (probe.periodSeconds ?? 10) * 1000;
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  let verdict: boolean | undefined;
  let streak = { of: true, length: 0 };
  const count = (holds: boolean): void => {
    streak = { of: holds, length: streak.of === holds ? streak.length + 1 : 1 };
    const threshold = holds ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
    if (verdict === holds || streak.length < threshold) return;
    verdict = holds;
    onVerdict(holds);
  };
  try {
    await sleep((probe.initialDelaySeconds ?? 0) * 1000, undefined, { signal });
    let lastCounted = Number.NEGATIVE_INFINITY;
    for (;;) {
      const begun = Date.now();
      const holds = await attempt(AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
      if (signal.aborted) return;
      if (holds || begun - lastCounted >= periodMs) {
        lastCounted = begun;
        count(holds);
      }
      const waits = isEager && verdict !== true ? Math.min(eagerPeriodMs, periodMs) : periodMs;
      await sleep(Math.max(0, waits - (Date.now() - begun)), undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
