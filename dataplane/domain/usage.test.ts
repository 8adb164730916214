import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mergeUsageReports, readUsage, type Usage } from './usage.ts';

function usage(prompt: number, completion: number, more: Partial<Usage> = {}): Usage {
  return {
    promptTokens: prompt,
    completionTokens: completion,
    totalTokens: prompt + completion,
    cachedPromptTokens: 0,
    reasoningTokens: 0,
    ...more,
  };
}

test.each<[string, unknown, Usage]>([
  ['chat', { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 }, usage(10, 20)],
  [
    'chat with details',
    {
      prompt_tokens: 10,
      completion_tokens: 20,
      total_tokens: 30,
      prompt_tokens_details: { cached_tokens: 4, audio_tokens: 1 },
      completion_tokens_details: { reasoning_tokens: 5 },
    },
    usage(10, 20, { cachedPromptTokens: 4, reasoningTokens: 5 }),
  ],
  [
    'null details',
    { prompt_tokens: 1, completion_tokens: 2, prompt_tokens_details: null },
    usage(1, 2),
  ],
  [
    'a total of its own',
    { prompt_tokens: 1, completion_tokens: 2, total_tokens: 9 },
    usage(1, 2, { totalTokens: 9 }),
  ],
  ['no total', { prompt_tokens: 1, completion_tokens: 2, total_tokens: null }, usage(1, 2)],
  ['embeddings', { prompt_tokens: 8, total_tokens: 8 }, usage(8, 0)],
  [
    'embeddings with a null',
    { prompt_tokens: 8, completion_tokens: null, total_tokens: 8 },
    usage(8, 0),
  ],
  ['a prompt alone', { prompt_tokens: 8 }, usage(8, 0)],
  ['only prompt and total', { prompt_tokens: 8, total_tokens: 10 }, usage(8, 2)],
  [
    'responses: cached tokens are part of the input',
    {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 6 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 7 },
      total_tokens: 30,
    },
    usage(10, 20, { cachedPromptTokens: 6, reasoningTokens: 7 }),
  ],
  [
    'messages: cached tokens come on top of the input',
    {
      input_tokens: 10,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 50,
      output_tokens: 20,
    },
    usage(160, 20, { cachedPromptTokens: 100 }),
  ],
  [
    'messages without a cache',
    { input_tokens: 10, cache_read_input_tokens: null, output_tokens: 2 },
    usage(10, 2),
  ],
  [
    'cached beyond the prompt',
    { prompt_tokens: 3, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 9 } },
    usage(3, 2, { cachedPromptTokens: 3 }),
  ],
  [
    'reasoning beyond the completion',
    { prompt_tokens: 3, completion_tokens: 2, completion_tokens_details: { reasoning_tokens: 9 } },
    usage(3, 2, { reasoningTokens: 2 }),
  ],
  [
    'details that are no counts',
    {
      prompt_tokens: 3,
      completion_tokens: 2,
      prompt_tokens_details: { cached_tokens: -1 },
      completion_tokens_details: { reasoning_tokens: '1' },
    },
    usage(3, 2),
  ],
  ['zeros', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, usage(0, 0)],
])('%s', (_what, reported, expected) => {
  expect(readUsage(reported)).toEqual(expected);
});

test.each([null, undefined, {}, [], 'usage', 7, { completion_tokens: 1 }, { output_tokens: 1 }])(
  '%j is no usage',
  (value) => {
    expect(readUsage(value)).toBeUndefined();
  },
);

test.each([-1, 0.5, '10', 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, true, {}, []])(
  'nobody is billed by a count of %p',
  (count) => {
    expect(
      readUsage({ prompt_tokens: count, completion_tokens: 1, total_tokens: 1 }),
    ).toBeUndefined();
    expect(
      readUsage({ prompt_tokens: 1, completion_tokens: count, total_tokens: 1 }),
    ).toBeUndefined();
    expect(
      readUsage({ prompt_tokens: 1, completion_tokens: 1, total_tokens: count }),
    ).toBeUndefined();
    expect(readUsage({ input_tokens: count, output_tokens: 1 })).toBeUndefined();
    expect(readUsage({ input_tokens: 1, cache_read_input_tokens: count })).toBeUndefined();
    expect(readUsage({ input_tokens: 1, cache_creation_input_tokens: count })).toBeUndefined();
  },
);

test('sums beyond what is exact are not reported', () => {
  const most = Number.MAX_SAFE_INTEGER;
  expect(readUsage({ prompt_tokens: most, completion_tokens: 1 })).toBeUndefined();
  expect(readUsage({ input_tokens: most, cache_read_input_tokens: 1 })).toBeUndefined();
});

test('whatever is reported, the counts are whole and their parts fit', () => {
  const field = fc.oneof(fc.nat(), fc.jsonValue({ maxDepth: 1 }), fc.double());
  const details = fc.dictionary(fc.constantFrom('cached_tokens', 'reasoning_tokens'), field);
  const names = [
    'prompt_tokens',
    'completion_tokens',
    'total_tokens',
    'input_tokens',
    'output_tokens',
  ];
  const cache = ['cache_read_input_tokens', 'cache_creation_input_tokens'];
  const detailNames = [
    'prompt_tokens_details',
    'completion_tokens_details',
    'input_tokens_details',
  ];
  const value = fc
    .tuple(
      fc.dictionary(fc.constantFrom(...names, ...cache), field),
      fc.dictionary(fc.constantFrom(...detailNames), details),
    )
    .map(([counts, parts]) => ({ ...counts, ...parts }));
  fc.assert(
    fc.property(value, (reported) => {
      const read = readUsage(reported);
      if (read === undefined) return;
      expect(Object.values(read).every((count) => Number.isSafeInteger(count) && count >= 0)).toBe(
        true,
      );
      expect(read.cachedPromptTokens).toBeLessThanOrEqual(read.promptTokens);
      expect(read.reasoningTokens).toBeLessThanOrEqual(read.completionTokens);
    }),
  );
});

test('parts of one answer are merged, the larger count holds', () => {
  const start = { input_tokens: 25, cache_read_input_tokens: 5, output_tokens: 1 };
  const first = mergeUsageReports(undefined, start);
  expect(mergeUsageReports(first, { output_tokens: 15 })).toEqual({ ...start, output_tokens: 15 });
  expect(
    mergeUsageReports(first, { input_tokens: 0, output_tokens: 15, cache_read_input_tokens: null }),
  ).toEqual({
    ...start,
    output_tokens: 15,
  });
  expect(mergeUsageReports(first, null)).toBe(first);
});
