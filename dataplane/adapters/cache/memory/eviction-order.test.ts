import { expect, test } from '@jest/globals';
import { createEvictionOrder, type EvictionPolicy } from './eviction-order.ts';

function order(policy: EvictionPolicy): string {
  const entries = createEvictionOrder<string>(policy);
  for (const entry of 'abcde') entries.add(entry);
  for (const entry of 'aabbbcae') entries.touch(entry);
  entries.remove('c');
  entries.touch('c');
  expect([...entries.entries()][0]).toBe(entries.next());
  let gone = '';
  for (let next = entries.next(); next !== undefined; next = entries.next()) {
    gone += next;
    entries.remove(next);
  }
  return gone;
}

test.each<[EvictionPolicy, string, string]>([
  ['fifo', 'the oldest', 'abde'],
  ['lru', 'the longest unused', 'dbae'],
  ['lfu', 'the least used', 'deba'],
])('%s lets go of %s first', (policy, _which, expected) => {
  expect(order(policy)).toBe(expected);
});

test('a new entry is the least used', () => {
  const entries = createEvictionOrder<string>('lfu');
  entries.add('a');
  entries.touch('a');
  entries.add('b');
  expect(entries.next()).toBe('b');
});
