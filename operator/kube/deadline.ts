// A time limit beside a caller's own signal, that leaves nothing behind on that signal.
// (AbortSignal.any keeps its result alive as long as its longest-lived source.)

/** One running time limit. */
export interface Deadline {
  /** Aborted when time is up or the caller's signal is. */
  readonly signal: AbortSignal;
  /** Milliseconds that are left; Infinity once cleared. */
  leftMs(): number;
  /** Whether it was the time, and not the caller, that ended it. */
  expired(): boolean;
  /** Keeps following the caller's signal, and forgets the time. */
  clearTime(): void;
  /** Forgets both. */
  clear(): void;
}

/** Starts now. A signal that is aborted already aborts at once. */
export function startDeadline(timeoutMs: number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  let end = performance.now() + timeoutMs;
  let expired = false;
  const timer = setTimeout(() => {
    expired = true;
    controller.abort(new Error(`no answer within ${timeoutMs} ms`));
  }, timeoutMs);
  const follow = (): void => {
    controller.abort(outer?.reason);
  };
  if (outer?.aborted === true) follow();
  outer?.addEventListener('abort', follow, { once: true });
  const clearTime = (): void => {
    clearTimeout(timer);
    end = Infinity;
  };
  return {
    signal: controller.signal,
    leftMs: () => end - performance.now(),
    expired: () => expired,
    clearTime,
    clear: () => {
      clearTime();
      outer?.removeEventListener('abort', follow);
    },
  };
}
