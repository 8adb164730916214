// Figures for a reader: one a line, and tables for what has a name of its own.
import type { Figures } from '../eval/tasks.ts';

export function figuresText(figures: Figures): string {
  return `${linesOf(figures).join('\n')}\n`;
}

function linesOf(figures: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(figures).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? ['', ...table(name, value as Readonly<Record<string, object>>), '']
      : [`${name.padEnd(24)}${String(value)}`],
  );
}

/** One row for each name, with the figures of the first as the heading. */
function table(name: string, rows: Readonly<Record<string, object>>): string[] {
  const [first = {}] = Object.values(rows);
  const heading = `${name.padEnd(24)}${Object.keys(first).map(cell).join('')}`;
  const body = Object.entries(rows).map(
    ([key, row]) => `${key.padEnd(24)}${Object.values(row).map(cell).join('')}`,
  );
  return [heading, ...body];
}

function cell(value: unknown): string {
  return String(value).padStart(12);
}
