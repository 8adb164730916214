import { expect, test } from '@jest/globals';
import { cutWindows, joinTurns, windowLength, type GuardedText } from './guarded-text.ts';

const user = (text: string): GuardedText => ({ text, source: 'user' });

test.each([0, 1, 999, 1000, 1001, 1800, 1801, 12_345])(
  'windows of a text of %d units cover all of it, and are no longer than a window',
  (length) => {
    const text = Array.from({ length }, (_, i) => String.fromCharCode(0x4e00 + i)).join('');
    const windows = cutWindows(text, 1000);
    expect(new Set(windows.join(''))).toEqual(new Set(text));
    for (const window of windows) expect(window.length).toBeLessThanOrEqual(windowLength);
  },
);

test('of more windows than wanted, those at the ends are kept', () => {
  const text = Array.from({ length: 10 }, (_, i) => String(i).repeat(800)).join('');
  expect(cutWindows(text, 3).map((window) => window.charAt(0))).toEqual(['0', '9', '1']);
  expect(cutWindows(text, 0)).toEqual([]);
});

test('the last turns are joined, not those of tools', () => {
  const turns = [user('one'), { text: 'result', source: 'tool' } as const, user('two')];
  expect(joinTurns(turns)).toEqual(user('one\ntwo'));
  expect(joinTurns([user('one')])).toBeUndefined();
});

test('joined turns are bounded: the end counts', () => {
  const joined = joinTurns([user('x'.repeat(9000)), user('the end')]);
  expect(joined?.text).toHaveLength(4000);
  expect(joined?.text.endsWith('\nthe end')).toBe(true);
});
