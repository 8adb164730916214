import { expect, test } from '@jest/globals';
import { createCurrentRuntime } from './current.ts';
import type { Runtime } from './runtime.ts';

const runtime = (hash: string): Runtime => ({ hash }) as Runtime;

test('a stream keeps the runtime that it pinned', () => {
  const current = createCurrentRuntime(runtime('a'));
  const pin = current.pin();
  void current.swap(runtime('b'));
  expect(pin.runtime.hash).toBe('a');
  expect(current.pin().runtime.hash).toBe('b');
});

test('the old runtime is retired when its last stream has ended', async () => {
  const current = createCurrentRuntime(runtime('a'));
  const pins = [current.pin(), current.pin()];
  let retired = false;
  const done = current.swap(runtime('b')).then(() => {
    retired = true;
  });
  pins[0]?.release();
  pins[0]?.release();
  await Promise.resolve();
  expect(retired).toBe(false);
  expect(current.pinned()).toBe(1);
  pins[1]?.release();
  await done;
  expect(retired).toBe(true);
  expect(current.pinned()).toBe(0);
});

test('a runtime without streams is retired at once', async () => {
  const current = createCurrentRuntime(runtime('a'));
  await current.swap(runtime('b'));
  expect(current.runtime.hash).toBe('b');
});
