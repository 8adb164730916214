import { expect, test } from '@jest/globals';
import { estimateCompletionTokens, estimatePromptTokens } from './estimate-tokens.ts';

test.each([
  [0, 0],
  [1, 1],
  [4, 1],
  [5, 2],
  [220_000, 55_000],
])('a prompt of %i bytes has about %i tokens', (bytes, tokens) => {
  expect(estimatePromptTokens(bytes)).toBe(tokens);
});

test.each([
  [0, 0, 0],
  [1, 400, 100],
  [300, 400, 300],
])('%i pieces of %i bytes have about %i tokens', (pieces, bytes, tokens) => {
  expect(estimateCompletionTokens(pieces, bytes)).toBe(tokens);
});
