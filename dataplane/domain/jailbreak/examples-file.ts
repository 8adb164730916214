// Reads labelled examples from the text of a file: JSON lines, or comma-separated values with a heading.
// It knows no files and does not judge what it reads.
import type { JailbreakExample } from './train.ts';

export interface ExamplesFile {
  readonly content: string;
  /** Name of the set, for figures. */
  readonly set: string;
  readonly format: 'jsonl' | 'csv';
  /** How much each example counts. */
  readonly weight: number;
  /** Whether all of it is harmless, whatever labels it has: texts that were written for another task. */
  readonly isHarmless?: boolean;
}

export type ExamplesResult =
  | { readonly ok: true; readonly examples: readonly JailbreakExample[] }
  /** One sentence with the number of the line, or of the row. */
  | { readonly ok: false; readonly problem: string };

/**
 * Lines are `{"text", "label": true|false, "source"?: "user"|"tool"}`. Of values, the column `text` or
 * `prompt` is the text, and `label` or `type` the label: `jailbreak`, `true` and `1`, or `benign`, `false`
 * and `0`. Never throws.
 */
export function readExamples(file: ExamplesFile): ExamplesResult {
  const examples: JailbreakExample[] = [];
  const rows = file.format === 'csv' ? readRecords(file.content) : readLines(file.content);
  for (const [index, row] of rows.entries()) {
    const example = row === undefined ? undefined : readExample(row, file);
    if (example === undefined) {
      const place = `${file.format === 'csv' ? 'row' : 'line'} ${index + 1}`;
      return { ok: false, problem: `${place} has no text, or no label that says yes or no.` };
    }
    examples.push(example);
  }
  return { ok: true, examples };
}

type Row = Readonly<Record<string, unknown>>;

function readExample(
  row: Row,
  { set, weight, isHarmless = false }: ExamplesFile,
): JailbreakExample | undefined {
  const text = row['text'] ?? row['prompt'];
  const label = isHarmless ? false : readLabel(row['label'] ?? row['type']);
  if (typeof text !== 'string' || label === undefined) return undefined;
  return { text, label, set, weight, ...(row['source'] === 'tool' && { source: 'tool' as const }) };
}

function readLabel(label: unknown): boolean | undefined {
  if (label === true || label === 'true' || label === '1' || label === 'jailbreak') return true;
  if (label === false || label === 'false' || label === '0' || label === 'benign') return false;
  return undefined;
}

function readLines(content: string): (Row | undefined)[] {
  const lines = content.split('\n');
  if (lines.at(-1)?.trim() === '') lines.pop();
  return lines.map((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === 'object' && value !== null ? (value as Row) : undefined;
    } catch {
      return undefined;
    }
  });
}

/** Values as RFC 4180 has them: quoted where they hold commas, quotes or line ends; quotes doubled. */
function readRecords(content: string): Row[] {
  const [heading = [], ...rows] = readValues(content);
  return rows.map((values) =>
    Object.fromEntries(heading.map((name, column) => [name, values[column]])),
  );
}

function readValues(content: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  // A value, quoted or not, and what ends it.
  const value = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  while (value.lastIndex < content.length) {
    const match = value.exec(content);
    if (match === null) break;
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
