// Reads what the router tells about itself: its usage records and its page of metrics. Pure.

/** From the first message of a request to its routing decision, of each record; milliseconds. */
export function readRoutingMs(ledger: string): number[] {
  return ledger
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { readonly routing_ms: number }).routing_ms);
}

export interface LoopDelay {
  readonly p99Ms: number;
  readonly maxMs: number;
}

// The monitor wakes each so often and records the time since it last did.
const resolutionMs = 10;

/**
 * How much later than due the event loop came to its timers, since the page was last read: what
 * `perf_hooks.monitorEventLoopDelay` records, without its own period.
 */
export function readLoopDelay(page: string): LoopDelay {
  const of = (name: string): number => {
    const found = new RegExp(`^nodejs_eventloop_lag_${name}_seconds (\\S+)$`, 'm').exec(page)?.[1];
    return Math.max(0, Number(found) * 1000 - resolutionMs);
  };
  return { p99Ms: of('p99'), maxMs: of('max') };
}
