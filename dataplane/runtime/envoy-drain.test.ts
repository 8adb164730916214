import { expect, test } from '@jest/globals';
import { createEnvoyDrain, type EnvoyDrain } from './envoy-drain.ts';

/** An Envoy with so many requests running each time that it is asked; a clock that sleep moves. */
function drainOf(running: readonly (number | undefined)[]): {
  readonly drain: EnvoyDrain;
  readonly asked: string[];
  readonly nowMs: () => number;
} {
  let nowMs = 0;
  let turn = 0;
  const asked: string[] = [];
  const drain = createEnvoyDrain(
    (method, path) => {
      asked.push(`${method} ${path.split('?')[0] ?? ''}`);
      const count = running[Math.min(turn++, running.length - 1)];
      return Promise.resolve(
        count === undefined ? undefined : `http.clients.downstream_rq_active: ${count}\n`,
      );
    },
    {
      now: () => nowMs,
      sleep: (ms) => {
        nowMs += ms;
        return Promise.resolve();
      },
    },
  );
  return { drain, asked, nowMs: () => nowMs };
}

test('it waits until the last request has ended', async () => {
  const { drain, nowMs } = drainOf([2, 1, 1, 0]);
  await drain.idle(10_000);
  expect(nowMs()).toBe(300);
});

test('it waits no longer than it may', async () => {
  const { drain, nowMs } = drainOf([2]);
  await drain.idle(250);
  expect(nowMs()).toBe(250);
});

test('an Envoy that is gone has nothing to wait for', async () => {
  const { drain, nowMs } = drainOf([undefined]);
  await drain.idle(10_000);
  expect(nowMs()).toBe(0);
});
