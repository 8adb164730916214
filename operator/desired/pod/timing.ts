// How long the end of a pod takes, in the order in which it happens.
import type { DesiredContext } from '../context.ts';

/** Time for others to notice that the pod is not ready, before its port is closed. */
export const drainDelaySeconds = 5;

// Prometheus asks every 15 to 60 seconds; a router that nobody scrapes does not wait.
const lastScrape = 30;

// For Envoy's end, and for what took longer than it should.
const marginSeconds = 15;

export function lastScrapeSeconds({ spec }: DesiredContext): number {
  return spec.monitoring.mode === 'Disabled' ? 0 : lastScrape;
}

export function terminationGracePeriodSeconds(context: DesiredContext): number {
  const { config, spec } = context;
  return (
    spec.podTemplate.terminationGracePeriodSeconds ??
    drainDelaySeconds +
      Math.ceil(config.value.router.shutdown_grace_seconds) +
      lastScrapeSeconds(context) +
      marginSeconds
  );
}

// Envoy ends after the router, and is not to be killed either.
const envoySeconds = 5;

/**
 * When the router must have ended by itself, its ledger written. A grace that is longer, be it by a
 * configuration newer than the pod, gives way.
 */
export function endWithinSeconds(context: DesiredContext): number {
  return Math.max(1, terminationGracePeriodSeconds(context) - envoySeconds);
}
