import { describe, expect, test } from '@jest/globals';
import type { TimeRule } from '../../../config/schema/index.ts';
import { compileTimeRule } from './time-windows.ts';

type Window = Partial<TimeRule['windows'][number]>;

function isWithin(windows: readonly Window[], instant: string, timezone = 'UTC'): boolean {
  const rule: TimeRule = {
    name: 'r',
    timezone,
    windows: windows.map((window) => ({ days: [], from: '00:00', to: '24:00', ...window })),
  };
  return compileTimeRule(rule)(Date.parse(instant)).value === 'true';
}

describe('a window', () => {
  test.each([
    ['2026-03-04T09:00:00Z', true],
    ['2026-03-04T08:59:59Z', false],
    ['2026-03-04T17:29:59Z', true],
    ['2026-03-04T17:30:00Z', false],
  ])('holds its first minute and not its last: %s', (instant, expected) => {
    expect(isWithin([{ from: '09:00', to: '17:30' }], instant)).toBe(expected);
  });

  // 6 March 2026 is a Friday.
  test.each([
    ['2026-03-06T12:00:00Z', true],
    ['2026-03-07T12:00:00Z', false],
    ['2026-03-08T12:00:00Z', false],
    ['2026-03-09T12:00:00Z', true],
  ])('is open on its days alone: %s', (instant, expected) => {
    expect(isWithin([{ days: ['mon', 'tue', 'wed', 'thu', 'fri'] }], instant)).toBe(expected);
  });

  test.each([
    ['2026-03-06T22:30:00Z', true],
    ['2026-03-07T05:59:00Z', true],
    ['2026-03-07T06:00:00Z', false],
    ['2026-03-07T22:30:00Z', false],
    ['2026-03-06T05:00:00Z', false],
  ])('that ends on the next day belongs to the day on which it began: %s', (instant, expected) => {
    expect(isWithin([{ days: ['fri'], from: '22:00', to: '06:00' }], instant)).toBe(expected);
  });

  test('without hours is the whole day, and from an hour to itself a day long', () => {
    expect(isWithin([{ days: ['fri'] }], '2026-03-06T23:59:59Z')).toBe(true);
    expect(isWithin([{ days: ['fri'] }], '2026-03-07T00:00:00Z')).toBe(false);
    const fromNoon: Window = { days: ['fri'], from: '12:00', to: '12:00' };
    expect(isWithin([fromNoon], '2026-03-07T11:59:00Z')).toBe(true);
    expect(isWithin([fromNoon], '2026-03-06T11:59:00Z')).toBe(false);
  });
});

test('any of several windows is enough', () => {
  const windows: Window[] = [
    { from: '08:00', to: '09:00' },
    { from: '20:00', to: '21:00' },
  ];
  expect(isWithin(windows, '2026-03-06T20:30:00Z')).toBe(true);
  expect(isWithin(windows, '2026-03-06T12:30:00Z')).toBe(false);
});

test.each([
  // Berlin is one hour ahead in winter and two in summer; the clocks change on 29 March 2026.
  ['Europe/Berlin', '2026-03-27T08:30:00Z', true],
  ['Europe/Berlin', '2026-03-27T07:30:00Z', false],
  ['Europe/Berlin', '2026-03-30T07:30:00Z', true],
  ['Asia/Kolkata', '2026-03-27T03:30:00Z', true],
  ['Asia/Kolkata', '2026-03-27T03:29:00Z', false],
  ['America/New_York', '2026-03-27T13:00:00Z', true],
])('hours are those of %s at %s: %s', (timezone, instant, expected) => {
  expect(isWithin([{ from: '09:00', to: '17:00' }], instant, timezone)).toBe(expected);
});

test('the answer changes with the minute', () => {
  const rule: TimeRule = {
    name: 'r',
    timezone: 'UTC',
    windows: [{ days: [], from: '09:00', to: '10:00' }],
  };
  const isNow = compileTimeRule(rule);
  const at = (instant: string): string => isNow(Date.parse(instant)).value;
  expect(at('2026-03-06T08:59:30Z')).toBe('false');
  expect(at('2026-03-06T09:00:10Z')).toBe('true');
  expect(at('2026-03-06T08:59:30Z')).toBe('false');
});
