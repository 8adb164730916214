import { expect, test } from '@jest/globals';
import { matchPrompts, type MatchPolicy } from './match-prompts.ts';

const policy: MatchPolicy = { mode: 'semantic', threshold: 0.9, verifier: 'strict' };
const one = 'How do I reset my router password?';
const reworded = 'How do I reset the password of my router?';

test.each<[string, string | undefined, string, Partial<MatchPolicy> & { similarity?: number }]>([
  ['an identical prompt', 'exact', one, { mode: 'exact' }],
  ['other small words', 'canonical', 'how can i reset my router password', {}],
  [
    'other small words, where identity is asked for',
    undefined,
    'how can i reset my router password',
    { similarity: 1, mode: 'exact' },
  ],
  ['another order', 'semantic', reworded, { similarity: 0.95 }],
  ['another order, no similarity', undefined, reworded, {}],
  ['another order, too little similarity', undefined, reworded, { similarity: 0.89 }],
  ['another order, a lower threshold', 'semantic', reworded, { similarity: 0.8, threshold: 0.8 }],
  [
    'another order, where meaning is not asked for',
    undefined,
    reworded,
    { similarity: 0.99, mode: 'canonical' },
  ],
  ['another thing', undefined, 'How do I reset my router PIN?', { similarity: 0.99 }],
  [
    'another thing, unverified',
    'semantic',
    'How do I reset my router PIN?',
    { similarity: 0.99, verifier: 'off' },
  ],
])('%s: %s', (_what, match, other, { similarity, ...changes }) => {
  expect(matchPrompts({ one, other, similarity }, { ...policy, ...changes })).toBe(match);
});

test('what must not be compared is not, however similar', () => {
  const unverified: MatchPolicy = { ...policy, verifier: 'off' };
  const chinese = { one: '如何打开防火墙', other: '如何关闭防火墙', similarity: 1 };
  expect(matchPrompts(chinese, unverified)).toBeUndefined();
  const news = { one: "What's new today?", other: "What's new today?", similarity: 1 };
  expect(matchPrompts(news, unverified)).toBeUndefined();
});
