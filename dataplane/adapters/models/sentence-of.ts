/** What an error says, whatever was thrown. */
export function sentenceOf(error: unknown): string {
  const says = typeof error === 'object' && error !== null && 'message' in error;
  return says && typeof error.message === 'string' ? error.message : String(error);
}
