// The runner: takes stages in their order, times each, and is the only place that catches what a
// stage throws. It stays synchronous until a stage returns a promise.
import { apiError } from '../domain/api-errors.ts';
import type { MaybePromise } from '../domain/http.ts';
import type { Log } from '../ports.ts';
import {
  reject,
  type Respond,
  type Stage,
  type StageDeps,
  type StageResult,
} from '../stages/stage.ts';

export interface RunnerDeps extends StageDeps {
  readonly log: Log;
}

/** All stages proceeded, or one responded; `state` then holds what was known by that time. */
export type Outcome<Start, End> =
  | { readonly kind: 'completed'; readonly state: End }
  | {
      readonly kind: 'responded';
      readonly response: Respond;
      readonly state: Start & Partial<End>;
    };

export interface StageList<Start, End> {
  readonly names: readonly string[];
  /** Fills `state` in place and returns it as what it has become. */
  run(state: Start, deps: RunnerDeps): MaybePromise<Outcome<Start, End>>;
}

// A list erases what each stage needs and adds; `StateAfter` has checked that the order fits.
type AnyStage = Stage<never, object>;

/** The state after a list of stages; `never` where a stage needs what no earlier one adds. */
type StateAfter<Start, Stages extends readonly unknown[]> = Stages extends readonly [
  Stage<infer Needs, infer Adds>,
  ...infer Rest,
]
  ? Start extends Needs
    ? StateAfter<Start & Adds, Rest>
    : never
  : Start;

/**
 * Makes a list of stages for an exchange that begins with `Start`. An order that cannot work does
 * not compile: the list's type is then `never`.
 */
export function stageList<Start extends object>(): <const Stages extends readonly AnyStage[]>(
  stages: [StateAfter<Start, Stages>] extends [never] ? never : Stages,
) => StageList<Start, StateAfter<Start, Stages>> {
  return <const Stages extends readonly AnyStage[]>(stages: readonly AnyStage[]) => ({
    names: stages.map(({ name }) => name),
    run: (state: Start, deps: RunnerDeps) =>
      runFrom({ index: 0, atMs: deps.clock.monotonic() }, stages, state, deps) as MaybePromise<
        Outcome<Start, StateAfter<Start, Stages>>
      >,
  });
}

/** The stage to run next, and when the one before it ended. */
interface Place {
  readonly index: number;
  readonly atMs: number;
}

function runFrom(
  start: Place,
  stages: readonly AnyStage[],
  state: object,
  deps: RunnerDeps,
): MaybePromise<Outcome<object, object>> {
  // One stage begins when the other ends: the clock is read once for both.
  let { atMs } = start;
  for (let { index } = start; index < stages.length; index += 1) {
    const stage = stages[index];
    if (stage === undefined) break;
    const result = runOne(stage, state, deps);
    if (result instanceof Promise) {
      const begunMs = atMs;
      return result.then((settled) => {
        const endedMs = observe(stage, begunMs, deps);
        return (
          take(settled, state) ?? runFrom({ index: index + 1, atMs: endedMs }, stages, state, deps)
        );
      });
    }
    atMs = observe(stage, atMs, deps);
    const ended = take(result, state);
    if (ended !== undefined) return ended;
  }
  return { kind: 'completed', state };
}

function runOne(
  stage: AnyStage,
  state: object,
  deps: RunnerDeps,
): MaybePromise<StageResult<object>> {
  try {
    const result = stage.run(state as never, deps);
    return result instanceof Promise
      ? result.catch((error: unknown) => failed(stage, error, deps))
      : result;
  } catch (error) {
    return failed(stage, error, deps);
  }
}

function take(result: StageResult<object>, state: object): Outcome<object, object> | undefined {
  if (result.kind === 'respond') return { kind: 'responded', response: result, state };
  Object.assign(state, result.patch);
  return undefined;
}

/** Returns what the clock says. */
function observe(stage: AnyStage, begunMs: number, { clock, telemetry }: RunnerDeps): number {
  const endedMs = clock.monotonic();
  telemetry.stageSeconds(stage.name, (endedMs - begunMs) / 1000);
  return endedMs;
}

function failed(stage: AnyStage, error: unknown, { log }: RunnerDeps): Respond {
  log.error('a stage failed', {
    stage: stage.name,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  return reject('internal', apiError('internal_error', 'The router failed to handle the request.'));
}
