// Reads what somebody else labelled as attacks and harmless texts: JSON lines, or comma-separated values
// with a heading, as such sets are mostly given.
import { z } from 'zod';
import { readSet, yesOrNo } from '../eval/read-set.ts';
import { SetProblem } from '../eval/set-problem.ts';
import { readYesOrNo, yesOrNoWords } from '../eval/yes-or-no.ts';

export const attackLine = z.object({
  text: z.string(),
  label: yesOrNo,
  source: z.enum(['user', 'tool']).optional(),
});

export type AttackLine = z.output<typeof attackLine>;

/**
 * Values have the text in a column `text` or `prompt`, and yes or no in `label` or `type`. Throws a
 * SetProblem that names the first row that is not so.
 */
export function readAttacks(content: string): AttackLine[] {
  return content.trimStart().startsWith('{') ? readSet(content, attackLine) : readValues(content);
}

function readValues(content: string): AttackLine[] {
  const [heading = [], ...rows] = readRecords(content);
  const textColumn = heading.findIndex((name) => name === 'text' || name === 'prompt');
  const labelColumn = heading.findIndex((name) => name === 'label' || name === 'type');
  if (textColumn === -1 || labelColumn === -1) {
    throw new SetProblem('it is neither JSON lines nor values with columns of texts and labels');
  }
  return rows.map((row, index) => {
    const text = row[textColumn];
    const label = readYesOrNo(row[labelColumn]);
    if (text === undefined || label === undefined) {
      const wanted = `a text and a label that is ${yesOrNoWords}`;
      throw new SetProblem(`row ${index + 1} has not both ${wanted}`);
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
