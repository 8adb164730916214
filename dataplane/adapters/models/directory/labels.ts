// The labels of a model in its own order: from config.json, or from the label files that models of
// semantic-router bring. It reads what it is given and knows no files.

type Json = Readonly<Record<string, unknown>>;

/** Files that may hold labels, in the order in which they are believed. */
export const labelFiles = [
  'category_mapping.json',
  'pii_type_mapping.json',
  'jailbreak_type_mapping.json',
  'fact_check_mapping.json',
  'label_mapping.json',
] as const;

const byIndex = ['idx_to_label', 'idx_to_category', 'id_to_label', 'id2label'];
const byLabel = ['label_to_idx', 'category_to_idx', 'label_to_id', 'label2id'];

/**
 * The labels that one file tells; undefined where it tells none. Throws a sentence without its
 * subject where they are incomplete or contradict each other.
 */
export function readLabels(json: Json): readonly string[] | undefined {
  const lists: (readonly string[])[] = [];
  for (const [key, value] of Object.entries(json)) {
    if (!isRecord(value)) continue;
    if (byIndex.includes(key)) lists.push(inOrder(key, Object.entries(value)));
    if (byLabel.includes(key)) {
      lists.push(
        inOrder(
          key,
          Object.entries(value).map(([label, index]) => [String(index), label]),
        ),
      );
    }
  }
  const [first, ...others] = lists;
  if (others.some((other) => other.join('\n') !== first?.join('\n'))) {
    throw new Error('contradicts itself about the order of its labels');
  }
  return first;
}

/** Whether somebody gave the labels names, which exports do not always do. */
export function areNamed(labels: readonly string[]): boolean {
  return !labels.every((label, index) => label === `LABEL_${index}`);
}

function inOrder(key: string, entries: readonly (readonly [string, unknown])[]): readonly string[] {
  const labels: string[] = [];
  for (const [index, label] of entries) {
    const at = /^\d{1,6}$/.test(index) ? Number(index) : -1;
    if (typeof label !== 'string' || at < 0 || at >= entries.length || labels[at] !== undefined) {
      throw new Error(`does not number its labels (${key}) from 0 without a gap`);
    }
    labels[at] = label;
  }
  return labels;
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
