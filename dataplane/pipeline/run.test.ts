import { expect, test } from '@jest/globals';
import { apiError } from '../domain/api-errors.ts';
import type { LogFields, Telemetry } from '../ports.ts';
import { proceed, reject, type Stage } from '../stages/stage.ts';
import { stageList, type RunnerDeps } from './run.ts';

interface Start {
  readonly word: string;
}
interface Counted {
  readonly letters: number;
}
interface Doubled {
  readonly double: number;
}

const count: Stage<Start, Counted> = {
  name: 'count',
  run: ({ word }) => proceed({ letters: word.length }),
};
const countLater: Stage<Start, Counted> = {
  name: 'count-later',
  run: ({ word }) => Promise.resolve(proceed({ letters: word.length })),
};
const double: Stage<Counted, Doubled> = {
  name: 'double',
  run: ({ letters }) => proceed({ double: letters * 2 }),
};
const refuse: Stage<Counted, Doubled> = {
  name: 'refuse',
  run: () => reject('invalid_request', apiError('invalid_request', 'no')),
};

function fixture(): { deps: RunnerDeps; timed: string[]; logged: (LogFields | undefined)[] } {
  const timed: string[] = [];
  const logged: (LogFields | undefined)[] = [];
  let time = 0;
  const telemetry: Telemetry = {
    requestError: () => undefined,
    identityFallback: () => undefined,
    signalUnavailable: () => undefined,
    stageSeconds: (stage, seconds) => {
      expect(seconds).toBeGreaterThanOrEqual(0);
      timed.push(stage);
    },
  };
  const silent = (): void => undefined;
  const deps: Pick<RunnerDeps, 'clock' | 'telemetry' | 'log'> = {
    clock: { now: () => 0, monotonic: () => (time += 1) },
    telemetry,
    log: {
      error: (_message, fields) => {
        logged.push(fields);
      },
      warn: silent,
      info: silent,
      debug: silent,
      isEnabled: () => true,
    },
  };
  return { deps: deps as RunnerDeps, timed, logged };
}

test('stages fill the state in order and stay synchronous', () => {
  const { deps, timed } = fixture();
  const outcome = stageList<Start>()([count, double]).run({ word: 'four' }, deps);
  expect(outcome).toEqual({
    kind: 'completed',
    state: { word: 'four', letters: 4, double: 8 },
  });
  expect(timed).toEqual(['count', 'double']);
});

test('a stage that waits makes the rest wait', async () => {
  const { deps, timed } = fixture();
  const outcome = stageList<Start>()([countLater, double]).run({ word: 'four' }, deps);
  expect(outcome).toBeInstanceOf(Promise);
  await expect(outcome).resolves.toMatchObject({ kind: 'completed', state: { double: 8 } });
  expect(timed).toEqual(['count-later', 'double']);
});

test('a response ends the list and keeps what was known', () => {
  const { deps, timed } = fixture();
  const outcome = stageList<Start>()([count, refuse, double]).run({ word: 'four' }, deps);
  expect(outcome).toMatchObject({
    kind: 'responded',
    response: { reason: { kind: 'rejected', error: 'invalid_request' } },
    state: { letters: 4 },
  });
  expect(timed).toEqual(['count', 'refuse']);
});

test.each([
  [
    'throws',
    (): never => {
      throw new Error('broken');
    },
  ],
  ['rejects', (): Promise<never> => Promise.reject(new Error('broken'))],
])('a stage that %s is a 500 that names it in the log', async (_how, run) => {
  const { deps, logged } = fixture();
  const broken: Stage<Start, Counted> = { name: 'broken', run };
  const outcome = await stageList<Start>()([broken, double]).run({ word: 'four' }, deps);
  expect(outcome).toMatchObject({
    kind: 'responded',
    response: { reason: { kind: 'rejected', error: 'internal' }, answer: { status: 500 } },
  });
  expect(logged).toEqual([expect.objectContaining({ stage: 'broken' })]);
});

test('an order that cannot work does not compile', () => {
  // @ts-expect-error -- `double` needs what only `count` adds
  stageList<Start>()([double, count]);
});
