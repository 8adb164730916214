import { expect, test } from '@jest/globals';
import { CircuitBreaker } from './circuit-breaker.ts';

function fixture(): {
  breaker: CircuitBreaker;
  pass: (ms: number) => void;
  fail: (n: number) => void;
} {
  let time = 0;
  const breaker = new CircuitBreaker({ now: () => time, monotonic: () => time });
  return {
    breaker,
    pass: (ms) => {
      time += ms;
    },
    fail: (times) => {
      for (let count = 0; count < times; count += 1) breaker.failed();
    },
  };
}

test('some failures do nothing, and a success forgets them', () => {
  const { breaker, fail } = fixture();
  fail(4);
  breaker.succeeded();
  fail(4);
  expect(breaker.mayTry()).toBe(true);
});

test('after five in a row nothing is tried, then one', () => {
  const { breaker, fail, pass } = fixture();
  fail(5);
  expect([breaker.isOpen, breaker.mayTry()]).toEqual([true, false]);
  pass(1_000);
  expect([breaker.mayTry(), breaker.mayTry()]).toEqual([true, false]);
  breaker.succeeded();
  expect([breaker.mayTry(), breaker.mayTry()]).toEqual([true, true]);
});

test('each failed trial doubles the pause, up to a minute', () => {
  const { breaker, fail, pass } = fixture();
  fail(5);
  for (const pause of [1, 2, 4, 8, 16, 32, 60, 60]) {
    pass(pause * 1_000 - 1);
    expect(breaker.mayTry()).toBe(false);
    pass(1);
    expect(breaker.mayTry()).toBe(true);
    breaker.failed();
  }
});
