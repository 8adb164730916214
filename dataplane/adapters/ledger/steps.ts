// Code that is written once and runs both ways: a generator hands out each value that may be a
// promise, and a driver either awaits it or insists that it is none.
import type { MaybePromise } from '../../domain/http.ts';

export type Steps<Result> = Generator<unknown, Result>;

/** One step: gives back what `value` is or becomes. */
export function* settled<Value>(value: MaybePromise<Value>): Steps<Value> {
  // The drivers below give back what was handed out, so the type is that of the value.
  return (yield value) as Value;
}

/** Runs to the end at once. A step that is a promise is an error of the program. */
export function runSync<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (step.done !== true) {
    if (isThenable(step.value)) throw new TypeError('a step of a synchronous run is pending');
    step = steps.next(step.value);
  }
  return step.value;
}

/** Runs to the end, waiting for each step. A step that fails throws inside the generator. */
export async function runAsync<Result>(steps: Steps<Result>): Promise<Result> {
  let step = steps.next();
  while (step.done !== true) {
    let value: unknown;
    try {
      value = await step.value;
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(value);
  }
  return step.value;
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value;
}
