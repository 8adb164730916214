// Tokens that a backend spent on one request, and how its answers report them.

/** Token counts of one answer; all are non-negative integers. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** As reported; prompt + completion where the backend gave none. */
  readonly totalTokens: number;
  /** Part of the prompt that the backend took from its own prefix cache; at most `promptTokens`. */
  readonly cachedPromptTokens: number;
  /** Part of the completion that was reasoning; at most `completionTokens`. */
  readonly reasoningTokens: number;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the `usage` object of an answer. Three shapes are told apart by their fields:
 * - `prompt_tokens` (chat completions, completions, embeddings; the last have no completion);
 * - `input_tokens` (responses): includes what was cached;
 * - `input_tokens` with `cache_read_input_tokens` or `cache_creation_input_tokens` (messages):
 *   Anthropic counts only what was neither read from nor written to the cache as input, so that the
 *   prompt is the sum of the three.
 *
 * A count that is negative, fractional, too large to be exact or no number makes the whole usage
 * count as not reported (undefined), for nobody can be billed by it. A detail that is no count is
 * 0, and one that exceeds what it is part of is cut to it.
 */
export function readUsage(value: unknown): Usage | undefined {
  if (!isFields(value)) return undefined;
  const prompt = readPrompt(value);
  if (prompt === undefined) return undefined;
  const total = optionalCount(value['total_tokens']);
  const reported = optionalCount(value['completion_tokens'] ?? value['output_tokens']);
  if (total === 'invalid' || reported === 'invalid') return undefined;
  // Embeddings give a total that equals the prompt, and no completion.
  const completionTokens = reported ?? Math.max(0, (total ?? 0) - prompt.tokens);
  const totalTokens = total ?? prompt.tokens + completionTokens;
  if (!Number.isSafeInteger(totalTokens)) return undefined;
  const details = value['completion_tokens_details'] ?? value['output_tokens_details'];
  return {
    promptTokens: prompt.tokens,
    completionTokens,
    totalTokens,
    cachedPromptTokens: Math.min(prompt.cached, prompt.tokens),
    reasoningTokens: Math.min(detail(details, 'reasoning_tokens'), completionTokens),
  };
}

function readPrompt(fields: Fields): { tokens: number; cached: number } | undefined {
  const prompt = optionalCount(fields['prompt_tokens']);
  if (prompt === 'invalid') return undefined;
  if (prompt !== undefined) {
    return { tokens: prompt, cached: detail(fields['prompt_tokens_details'], 'cached_tokens') };
  }
  const input = optionalCount(fields['input_tokens']);
  const read = optionalCount(fields['cache_read_input_tokens']);
  const created = optionalCount(fields['cache_creation_input_tokens']);
  if (input === undefined || input === 'invalid' || read === 'invalid' || created === 'invalid') {
    return undefined;
  }
  if (isFields(fields['input_tokens_details'])) {
    return { tokens: input, cached: detail(fields['input_tokens_details'], 'cached_tokens') };
  }
  const tokens = input + (read ?? 0) + (created ?? 0);
  return Number.isSafeInteger(tokens) ? { tokens, cached: read ?? 0 } : undefined;
}

/**
 * Merges the usages of one answer that reports its parts in turn, as Anthropic does: input at the
 * start, output at the end. Every count is cumulative, so that the largest seen is the one that
 * holds, also where a later report repeats a field as 0.
 */
export function mergeUsageReports(earlier: unknown, later: unknown): unknown {
  if (!isFields(later)) return earlier;
  if (!isFields(earlier)) return later;
  const merged: Record<string, unknown> = { ...earlier };
  for (const [field, value] of Object.entries(later)) {
    const before = merged[field];
    const isSmaller = typeof value === 'number' && typeof before === 'number' && value < before;
    if (value !== null && !isSmaller) merged[field] = value;
  }
  return merged;
}

function detail(details: unknown, name: string): number {
  const count = isFields(details) ? optionalCount(details[name]) : undefined;
  return count === 'invalid' ? 0 : (count ?? 0);
}

function optionalCount(value: unknown): number | 'invalid' | undefined {
  if (value === undefined || value === null) return undefined;
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : 'invalid';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
