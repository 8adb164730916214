import { beforeEach, describe, expect, test } from '@jest/globals';
import { createFakeClock, type FakeClock } from '../../test/kit/fake-clock.ts';
import { WorkQueue } from './queue.ts';

let clock: FakeClock;
let queue: WorkQueue;
const seen: string[] = [];

beforeEach(() => {
  clock = createFakeClock();
  seen.length = 0;
  queue = new WorkQueue({
    clock,
    observer: {
      added: (priority) => seen.push(`added ${priority}`),
      started: (seconds) => seen.push(`started after ${seconds} s`),
      finished: (seconds) => seen.push(`finished after ${seconds} s`),
      retried: () => seen.push('retried'),
    },
  });
});

/** Everything that can be taken now, in order. */
async function takeAll(): Promise<string[]> {
  const keys: string[] = [];
  while (queue.depth() > 0) keys.push((await queue.take()) ?? '');
  return keys;
}

test('a key that is added many times waits once', async () => {
  for (const key of ['a', 'b', 'a', 'a', 'b']) queue.add(key);
  expect(queue.depth()).toBe(2);
  expect(await takeAll()).toEqual(['a', 'b']);
  expect(seen.filter((line) => line === 'added event')).toHaveLength(2);
});

test('a key is never worked on twice at a time, and returns if it was added meanwhile', async () => {
  queue.add('a');
  expect(await queue.take()).toBe('a');
  queue.add('a');
  queue.add('a');
  expect(queue.depth()).toBe(0);
  queue.done('a');
  expect(await takeAll()).toEqual(['a']);
  queue.done('a');
  expect(queue.depth()).toBe(0);
});

test('edits go before events, and events before resyncs', async () => {
  queue.add('resync', 'background');
  queue.add('event', 'event');
  queue.add('edit', 'user');
  expect(queue.depth('user')).toBe(1);
  expect(await takeAll()).toEqual(['edit', 'event', 'resync']);
});

test('a key that waits moves forward when something more urgent happens to it, and never back', async () => {
  queue.add('first', 'background');
  queue.add('second', 'background');
  queue.add('second', 'user');
  queue.add('second', 'background');
  expect(await takeAll()).toEqual(['second', 'first']);
});

test('the most urgent wish made during the work counts afterwards', async () => {
  queue.add('a', 'background');
  await queue.take();
  queue.add('a', 'user');
  queue.add('a', 'background');
  queue.add('b', 'event');
  queue.done('a');
  expect(await takeAll()).toEqual(['a', 'b']);
});

test('a worker that waits gets the key as soon as it is there', async () => {
  const taken = queue.take();
  queue.add('a');
  expect(await taken).toBe('a');
  expect(queue.depth()).toBe(0);
});

describe('a delayed key', () => {
  test('comes when its time has come', async () => {
    queue.addAfter('a', 1_000);
    await clock.advance(999);
    expect(queue.depth()).toBe(0);
    await clock.advance(1);
    expect(await takeAll()).toEqual(['a']);
  });

  test('comes at the earliest of the times wished for, once', async () => {
    queue.addAfter('a', 5_000);
    queue.addAfter('a', 1_000);
    queue.addAfter('a', 9_000);
    await clock.advance(1_000);
    expect(await takeAll()).toEqual(['a']);
    queue.done('a');
    await clock.advance(10_000);
    expect(queue.depth()).toBe(0);
  });

  test('does not come again when work began before its time', async () => {
    queue.addAfter('a', 1_000);
    queue.add('a');
    expect(await takeAll()).toEqual(['a']);
    queue.done('a');
    await clock.advance(10_000);
    expect(queue.depth()).toBe(0);
    expect(clock.timers()).toBe(0);
  });

  test('that is wished for while it is worked on comes afterwards', async () => {
    queue.add('a');
    await queue.take();
    queue.addAfter('a', 100);
    queue.done('a');
    await clock.advance(100);
    expect(await takeAll()).toEqual(['a']);
  });
});

describe('a key that fails', () => {
  async function waitAfterFailure(key: string): Promise<number> {
    queue.addFailed(key);
    let waited = 0;
    while (queue.depth() === 0) {
      await clock.advance(5);
      waited += 5;
      if (waited > 1_000) return Infinity;
    }
    queue.done((await queue.take()) ?? '');
    return waited;
  }

  test('waits twice as long each time, by itself', async () => {
    const waits: number[] = [];
    for (let turn = 0; turn < 6; turn += 1) waits.push(await waitAfterFailure('a'));
    expect(waits).toEqual([5, 10, 20, 40, 80, 160]);
    expect(await waitAfterFailure('b')).toBe(5);
    expect(queue.failures('a')).toBe(6);
  });

  test('starts anew once it succeeded', async () => {
    await waitAfterFailure('a');
    await waitAfterFailure('a');
    queue.forget('a');
    expect(queue.failures('a')).toBe(0);
    expect(await waitAfterFailure('a')).toBe(5);
  });

  test('never waits longer than five minutes', async () => {
    for (let turn = 0; turn < 100; turn += 1) {
      queue.addFailed('a');
      await clock.advance(300_000);
      expect(queue.depth()).toBe(1);
      queue.done((await queue.take()) ?? '');
    }
  });

  test('waits as long as the server asked for', async () => {
    queue.addFailed('a', 7_000);
    await clock.advance(6_999);
    expect(queue.depth()).toBe(0);
    await clock.advance(1);
    expect(queue.depth()).toBe(1);
  });

  test('waits a little less by chance, so that failures do not return together', async () => {
    const lucky = createFakeClock(0.99);
    const other = new WorkQueue({ clock: lucky, backoff: { firstMs: 100, longestMs: 1_000 } });
    other.addFailed('a');
    await lucky.advance(69);
    expect(other.depth()).toBe(0);
    await lucky.advance(2);
    expect(other.depth()).toBe(1);
  });

  test('does not wait out its time when somebody edits the object', async () => {
    for (let turn = 0; turn < 20; turn += 1) queue.addFailed('a');
    queue.add('a', 'user');
    expect(await takeAll()).toEqual(['a']);
  });
});

describe('a queue that closes', () => {
  test('hands out nothing more and waits for the work that runs', async () => {
    queue.add('running');
    await queue.take();
    queue.add('waiting');
    queue.addAfter('later', 1_000);
    const idleWorker = queue.take();
    const other = queue.take();
    await idleWorker;
    let isClosed = false;
    const closed = queue.close().then(() => {
      isClosed = true;
    });
    expect(await other).toBeUndefined();
    expect(await queue.take()).toBeUndefined();
    queue.add('late');
    expect(queue.depth()).toBe(0);
    expect(clock.timers()).toBe(0);
    queue.done('running');
    await clock.settle();
    expect(isClosed).toBe(false);
    queue.done('waiting');
    await closed;
  });

  test('is closed at once when nothing runs', async () => {
    await queue.close();
    expect(await queue.take()).toBeUndefined();
  });
});

test('observers learn how long keys waited and were worked on', async () => {
  queue.add('a');
  await clock.advance(2_000);
  await queue.take();
  await clock.advance(3_000);
  expect(queue.workingSeconds()).toEqual([3]);
  queue.done('a');
  queue.addFailed('a');
  expect(seen).toEqual(['added event', 'started after 2 s', 'finished after 3 s', 'retried']);
  expect(queue.workingSeconds()).toEqual([]);
});
