// Tables and numbers as the reports write them. Pure.
import type { Spread } from './summary.ts';

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Three significant digits, thousands separated. */
export function number(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

export function withRange(spread: Spread | undefined): string {
  if (spread === undefined) return '–';
  const { median: middle, low, high, count } = spread;
  return count === 1
    ? middle.toFixed(2)
    : `${middle.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}
