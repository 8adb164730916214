import { expect, test } from '@jest/globals';
import { createUuidV7 } from './ids.ts';

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('ids are UUIDs of version 7, all different, and begin with the time', () => {
  const ids = createUuidV7({ now: () => 0x0123_4567_89ab, monotonic: () => 0 });
  const some = Array.from({ length: 1000 }, () => ids.next());
  expect(new Set(some).size).toBe(some.length);
  for (const id of some) {
    expect(id).toMatch(form);
    expect(id.startsWith('01234567-89ab-7')).toBe(true);
  }
});
