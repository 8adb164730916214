// Labelled texts, one JSON object a line, to what an evaluation asks; a line that is none is named.
import { z } from 'zod';

export class SetProblem extends Error {}

export const domainLine = z.object({ text: z.string(), label: z.string() });
export const jailbreakLine = z.object({ text: z.string(), label: z.boolean() });
export const piiLine = z.object({
  text: z.string(),
  spans: z.array(
    z.object({ type: z.string(), start: z.number().int().min(0), end: z.number().int().min(0) }),
  ),
});
export const cacheLine = z.object({ a: z.string(), b: z.string(), same: z.boolean() });

/** Throws a SetProblem that names the first line that is no such object, or says that there is none. */
export function readSet<Line extends z.ZodType>(text: string, line: Line): z.output<Line>[] {
  const lines = text.split('\n').map((json, index) => ({ json, number: index + 1 }));
  const read = lines
    .filter(({ json }) => json.trim() !== '')
    .map(({ json, number }) => readLine(json, number, line));
  if (read.length === 0) throw new SetProblem('the set is empty');
  return read;
}

function readLine<Line extends z.ZodType>(
  json: string,
  number: number,
  line: Line,
): z.output<Line> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new SetProblem(`line ${number} is not JSON`);
  }
  const parsed = line.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw new SetProblem(`line ${number}: ${place}${issue?.message ?? 'is not as it should be'}`);
}
