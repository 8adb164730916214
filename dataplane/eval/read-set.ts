// Labelled texts, one JSON object a line, to what an evaluation asks; a line that is none is named.
// Fields that nobody asks for are left alone, and labels are read in the spellings that sets have.
import { z } from 'zod';
import { canonicalLabel, domainLabels } from '../../config/domain-labels.ts';
import { linesOfText, type SetLine } from './set-lines.ts';
import { SetProblem } from './set-problem.ts';
import { inUtf16 } from './span-offsets.ts';
import { readYesOrNo, yesOrNoWords } from './yes-or-no.ts';

const text = z.string({ error: 'must be a string' });
const offset = z.int({ error: 'must be a whole number' }).min(0, 'must not be negative');

const domainLabel = z
  .string({ error: 'must be a string' })
  .transform(canonicalLabel)
  .refine((label) => domainLabels.some((one) => one === label), {
    error: ({ input }) => `is ${JSON.stringify(input)} and none of ${domainLabels.join(', ')}`,
  });

export const yesOrNo = z.unknown().transform((label, context): boolean => {
  const answer = readYesOrNo(label);
  if (answer !== undefined) return answer;
  context.addIssue({ code: 'custom', message: `must be ${yesOrNoWords}` });
  return z.NEVER;
});

/** Of types whatever their case: `email address` is `EMAIL_ADDRESS`. */
const spanLine = z.object(
  {
    type: z.string({ error: 'must be a string' }).transform((type) =>
      type
        .trim()
        .toUpperCase()
        .replace(/[\s-]+/g, '_'),
    ),
    start: offset,
    end: offset,
  },
  { error: 'must be an object of type, start and end' },
);

const notAnObject = { error: 'must be a JSON object' };

export const domainLine = z.object({ text, label: domainLabel }, notAnObject);
export const jailbreakLine = z.object({ text, label: yesOrNo }, notAnObject);
export const cacheLine = z.object({ a: text, b: text, same: yesOrNo }, notAnObject);
/** Spans come out in UTF-16 units. */
export const piiLine = z
  .object({ text, spans: z.array(spanLine, { error: 'must be a list' }) }, notAnObject)
  .transform(({ spans, ...line }) => ({ ...line, spans: inUtf16(line.text, spans) }))
  .superRefine((line, context) => {
    for (const [index, { start, end }] of line.spans.entries()) {
      const path = ['spans', index, 'end'];
      if (end <= start) {
        context.addIssue({ code: 'custom', path, message: 'must be greater than the start' });
      } else if (end > line.text.length) {
        context.addIssue({ code: 'custom', path, message: 'is beyond the end of the text' });
      }
    }
  });

/** Throws a SetProblem that names the first line that is no such object, or says that there is none. */
export function readSet<Line extends z.ZodType>(content: string, line: Line): z.output<Line>[] {
  const read = linesOfText(content).map((one) => readLine(one, line));
  if (read.length === 0) throw new SetProblem('the set is empty');
  return read;
}

/** Throws a SetProblem that names the line where it is not made for the schema. */
export function readLine<Line extends z.ZodType>(
  { json, number }: SetLine,
  line: Line,
): z.output<Line> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new SetProblem(`line ${number} is not JSON; a set is one JSON object a line`);
  }
  const parsed = line.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')} `;
  throw new SetProblem(`line ${number}: ${place}${issue?.message ?? 'is not as it should be'}`);
}
