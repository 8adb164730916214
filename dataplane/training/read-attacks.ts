// Reads what somebody else labelled as attacks and harmless texts: JSON lines, or comma-separated values
// with a heading, as such sets are mostly given.
import { z } from 'zod';
import { readSet, SetProblem } from '../eval/read-set.ts';

export const attackLine = z.object({
  text: z.string(),
  label: z.boolean(),
  source: z.enum(['user', 'tool']).optional(),
});

export type AttackLine = z.output<typeof attackLine>;

/**
 * Values have the text in a column `text` or `prompt`, and in `label` or `type` one of `true`, `1`,
 * `jailbreak`, `false`, `0`, `benign`. Throws a SetProblem that names the first row that is not so.
 */
export function readAttacks(content: string): AttackLine[] {
  return content.trimStart().startsWith('{') ? readSet(content, attackLine) : readValues(content);
}

const labels: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['jailbreak', true],
  ['false', false],
  ['0', false],
  ['benign', false],
]);

function readValues(content: string): AttackLine[] {
  const [heading = [], ...rows] = readRecords(content);
  const textColumn = heading.findIndex((name) => name === 'text' || name === 'prompt');
  const labelColumn = heading.findIndex((name) => name === 'label' || name === 'type');
  if (textColumn === -1 || labelColumn === -1) {
    throw new SetProblem('it is neither JSON lines nor values with columns of texts and labels');
  }
  return rows.map((row, index) => {
    const text = row[textColumn];
    const label = labels.get(row[labelColumn]?.trim().toLowerCase() ?? '');
    if (text === undefined || label === undefined) {
      throw new SetProblem(`row ${index + 1} has no text, or no label that says yes or no`);
    }
    return { text, label };
  });
}

/** As RFC 4180 has it: quoted where a value holds commas, quotes or line ends; quotes doubled. */
function readRecords(content: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  // A value, quoted or not, and what ends it.
  const value = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  while (value.lastIndex < content.length) {
    const match = value.exec(content);
    if (match === null) throw new SetProblem(`row ${records.length} has a quote out of place`);
    record.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}
