// Tokens that a backend spent on one request.

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
