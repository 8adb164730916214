import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { digest, hashUser, partitionOf, type PartitionParts } from './key.ts';

const parts: PartitionParts = {
  scope: { user: hashUser('alice', 'key') },
  namespace: '',
  endpoint: 'chat.completions',
  decision: 'math',
  model: 'big',
  upstreamModel: 'vendor/big',
  requestedModel: 'auto',
  revision: 'r1',
  conversation: 'c1',
};

test('every part makes a partition of its own', () => {
  const others: PartitionParts[] = [
    { ...parts, scope: { user: hashUser('bob', 'key') } },
    { ...parts, scope: 'global' },
    ...(
      [
        'namespace',
        'endpoint',
        'decision',
        'model',
        'upstreamModel',
        'requestedModel',
        'revision',
        'conversation',
      ] as const
    ).map((name) => ({ ...parts, [name]: 'other' })),
  ];
  const all = [parts, ...others].map(partitionOf);
  expect(new Set(all).size).toBe(all.length);
  expect(partitionOf({ ...parts })).toBe(partitionOf(parts));
});

test('a user is not to be seen in a partition, and not to be hashed without the key', () => {
  expect(hashUser('alice', 'key')).not.toContain('alice');
  expect(hashUser('alice', 'key')).not.toBe(hashUser('alice', 'other key'));
});

test('texts do not run into each other', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.string()), (one, other) => {
      expect(digest(one) === digest(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
  );
  expect(digest(['a', 'b'])).not.toBe(digest(['ab']));
});
