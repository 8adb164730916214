// Guesses token counts from the length of text, for where a backend reported none. Guesses are kept
// apart from reported tokens all the way (`usageSource: 'estimated'`).
//
// Four bytes a token is the usual rule for English in the vocabularies of today's models, and what
// semantic-router starts from. For code, numbers and scripts far from Latin it guesses too few
// (they take one to three bytes a token). A tokenizer would be right for one family of models and
// wrong for the others, and cost more than everything else that is done with a request.

const bytesPerToken = 4;

/** Tokens of a prompt whose text has this many bytes of UTF-8. */
export function estimatePromptTokens(bytes: number): number {
  return Math.ceil(bytes / bytesPerToken);
}

/**
 * Tokens of a completion that came in this many pieces with text, of this many bytes together. A
 * backend sends at least one token in each piece, so that the number of pieces is a floor: in a
 * stream it mostly is the exact count.
 */
export function estimateCompletionTokens(pieces: number, bytes: number): number {
  return Math.max(pieces, Math.ceil(bytes / bytesPerToken));
}
