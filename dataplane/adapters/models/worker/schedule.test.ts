import { expect, test } from '@jest/globals';
import { Schedule, type Call, type Turn } from './schedule.ts';

/** A call with inputs of so many tokens. */
function call(id: number, lengths: readonly number[], expiresAt = Infinity): Call {
  return {
    id,
    expiresAt,
    job: {
      inputs: lengths.map((length) => new Int32Array(length)),
      take: () => undefined,
      finish: () => ({ kind: 'spans', spans: [] }),
    },
  };
}

function show(turns: readonly Turn[]): readonly string[] {
  return turns.map(({ call: { id }, input }) => `${id}.${input}`);
}

function scheduled(limits: { inputs: number; tokens: number }, calls: readonly Call[]): Schedule {
  const schedule = new Schedule(limits);
  for (const each of calls) schedule.add(each);
  return schedule;
}

const alone = { inputs: 1, tokens: 0 };
const together = { inputs: 4, tokens: 100 };

test('a long text and a short one take turns', () => {
  const schedule = scheduled(alone, [call(1, [9, 9, 9]), call(2, [9])]);
  const order: string[] = [];
  const finished: number[] = [];
  for (let turns = schedule.next(); turns.length > 0; turns = schedule.next()) {
    order.push(...show(turns));
    for (const turn of turns) if (schedule.done(turn)) finished.push(turn.call.id);
  }
  expect(order).toEqual(['1.0', '2.0', '1.1', '1.2']);
  expect(finished).toEqual([2, 1]);
});

test('texts of about one length are computed together, those of others wait for their turn', () => {
  const schedule = scheduled(together, [call(1, [10]), call(2, [90]), call(3, [12]), call(4, [8])]);
  const first = schedule.next();
  expect(show(first)).toEqual(['1.0', '3.0', '4.0']);
  first.forEach((turn) => schedule.done(turn));
  expect(show(schedule.next())).toEqual(['2.0']);
});

test('a batch has so many inputs, and so many tokens with padding, and no more', () => {
  const short = Array.from({ length: 6 }, (_, id) => call(id, [5]));
  expect(scheduled(together, short).next()).toHaveLength(4);
  const longer = Array.from({ length: 6 }, (_, id) => call(id, [id === 1 ? 40 : 30]));
  // Three of 30 fit into 100 tokens; beside one of 40 only one more does.
  expect(show(scheduled(together, longer).next())).toEqual(['0.0', '1.0']);
});

test('an input longer than a batch may be is computed by itself', () => {
  expect(show(scheduled(together, [call(1, [500]), call(2, [400])]).next())).toEqual(['1.0']);
});

test('the windows of one text may be computed together', () => {
  expect(show(scheduled(together, [call(1, [20, 20, 20, 20, 20])]).next())).toEqual([
    '1.0',
    '1.1',
    '1.2',
    '1.3',
  ]);
});

test('who is not waited for any longer is not computed', () => {
  const schedule = scheduled(alone, [call(1, [9, 9], 50), call(2, [9], 200)]);
  expect(schedule.expire(10)).toEqual([]);
  expect(show(schedule.next())).toEqual(['1.0']);
  expect(schedule.expire(100).map(({ id }) => id)).toEqual([1]);
  expect(show(schedule.next())).toEqual(['2.0']);
  expect(schedule.expire(300).map(({ id }) => id)).toEqual([2]);
  expect(schedule.next()).toEqual([]);
});

test('a call that failed is forgotten', () => {
  const failing = call(1, [9, 9]);
  const schedule = scheduled(alone, [failing]);
  schedule.next();
  schedule.drop(failing);
  expect(schedule.next()).toEqual([]);
});
