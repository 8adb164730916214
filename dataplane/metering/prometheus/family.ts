// What a metric family is to the page that shows it, and how its text is spelt. Families know
// nothing of requests and users.
import type { MetricDefinition } from '../../../config/metrics.ts';

/** One metric with all its series. Series are only ever added, so an index stays valid. */
export interface MetricFamily {
  readonly definition: MetricDefinition;
  /** How many series there are now; a family without any is not shown. */
  size(): number;
  /** The sample lines of one series, each ended by a newline. */
  lines(index: number): string;
}

/** The values of a definition's labels, in its order. */
export type LabelValues<Labels extends readonly string[]> = {
  readonly [Index in keyof Labels]: string;
};

/** The pairs between the braces, escaped: `user="alice",tier="free"`; empty without labels. */
export function labelText(names: readonly string[], values: readonly string[]): string {
  let text = '';
  for (const [index, name] of names.entries()) {
    if (index > 0) text += ',';
    text += `${name}="${escapeLabelValue(values[index] ?? '')}"`;
  }
  return text;
}

const special = /[\\"\n]/g;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

/** Label values are any UTF-8; exactly backslash, quote and line feed are escaped. */
export function escapeLabelValue(value: string): string {
  return value.replace(special, (character) => escapes[character] ?? character);
}

/** A sample value: JavaScript's shortest form, which reads back as the same number. */
export function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value);
}

export function sampleLine(name: string, labels: string, value: number): string {
  return labels === ''
    ? `${name} ${numberText(value)}\n`
    : `${name}{${labels}} ${numberText(value)}\n`;
}
