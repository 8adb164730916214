// Who is computed next: calls take turns, an input at a time, so that a long text does not hold up
// short ones. Pure.
import type { Job } from './job.ts';

export interface Call {
  readonly id: number;
  /** Milliseconds since the epoch; afterwards nobody waits for the answer. */
  readonly expiresAt: number;
  readonly job: Job;
}

export interface Turn {
  readonly call: Call;
  readonly input: number;
  readonly ids: Int32Array;
}

export interface ScheduleLimits {
  /** Most inputs of a batch. */
  readonly inputs: number;
  /** Most tokens of a batch, padding included. */
  readonly tokens: number;
}

interface Waiting {
  readonly call: Call;
  next: number;
  left: number;
}

export class Schedule {
  readonly #limits: ScheduleLimits;
  readonly #waiting: Waiting[] = [];

  constructor(limits: ScheduleLimits) {
    this.#limits = limits;
  }

  add(call: Call): void {
    this.#waiting.push({ call, next: 0, left: call.job.inputs.length });
  }

  /** Forgets the calls that nobody waits for any more, and returns them. */
  expire(now: number): readonly Call[] {
    const late = this.#waiting.map(({ call }) => call).filter(({ expiresAt }) => expiresAt <= now);
    for (const call of late) this.drop(call);
    return late;
  }

  /**
   * Inputs to compute together: the next one of the call whose turn it is, and others that need
   * little padding beside it. Empty when nothing is left to do.
   */
  next(): readonly Turn[] {
    const turns: Turn[] = [];
    let longest = 0;
    let shortest = Infinity;
    for (const waiting of this.#waiting) {
      for (let ids = inputOf(waiting); ids !== undefined; ids = inputOf(waiting)) {
        const most = Math.max(longest, ids.length);
        const least = Math.min(shortest, ids.length);
        const fits =
          turns.length < this.#limits.inputs &&
          most * (turns.length + 1) <= this.#limits.tokens &&
          least * 2 >= most;
        if (turns.length > 0 && !fits) break;
        turns.push({ call: waiting.call, input: waiting.next++, ids });
        longest = most;
        shortest = least;
      }
    }
    // Whoever had a turn goes to the end of the row.
    const served = new Set(turns.map(({ call }) => call));
    this.#waiting.sort((a, b) => Number(served.has(a.call)) - Number(served.has(b.call)));
    return turns;
  }

  /** Takes what was computed in a turn; true when it was the last of its call. */
  done({ call }: Turn): boolean {
    const at = this.#waiting.findIndex((waiting) => waiting.call === call);
    const waiting = this.#waiting[at];
    if (waiting === undefined) return false;
    waiting.left--;
    if (waiting.left > 0) return false;
    this.#waiting.splice(at, 1);
    return true;
  }

  /** Forgets a call. */
  drop(call: Call): void {
    const at = this.#waiting.findIndex((waiting) => waiting.call === call);
    if (at >= 0) this.#waiting.splice(at, 1);
  }
}

function inputOf({ call, next }: Waiting): Int32Array | undefined {
  return call.job.inputs[next];
}
