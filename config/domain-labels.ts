// The labels of the built-in domain classifier, which are those of semantic-router's.

export const domainLabels = [
  'biology',
  'business',
  'chemistry',
  'computer science',
  'economics',
  'engineering',
  'health',
  'history',
  'law',
  'math',
  'other',
  'philosophy',
  'physics',
  'psychology',
] as const;

/** One spelling of a label: files have `computer_science` and `Computer Science` too. */
export function canonicalLabel(label: string): string {
  return label
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}
