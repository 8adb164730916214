// Counters whose series are plain cells: whoever holds one adds to `value` and pays nothing for
// labels, which are spelt once, when the series begins. (A library's counter hashes its labels on
// every increment: 2.3 to 4.2 microseconds with four labels, measured; a cell costs nanoseconds.)
import type { CounterDefinition } from '../../../config/metrics.ts';
import { labelText, sampleLine, type LabelValues, type MetricFamily } from './family.ts';

/** One series. Only ever add to it. */
export interface Cell {
  value: number;
}

/**
 * Adds what a backend reported. Anything but a positive number adds nothing: a counter that fell, or
 * became NaN, would spoil every sum over it for good.
 */
export function addTo(cell: Cell, amount: number): void {
  if (amount > 0) cell.value += amount;
}

interface Series {
  readonly labels: string;
  readonly cell: { readonly value: number };
}

export class CounterFamily<Labels extends readonly string[]> implements MetricFamily {
  readonly definition: CounterDefinition<Labels>;
  readonly #series: Series[] = [];
  readonly #cells = new Map<string, Cell>();

  constructor(definition: CounterDefinition<Labels>) {
    this.definition = definition;
  }

  /** The series with these label values, begun at 0 when it is new. Keep it: this call is slow. */
  cell(values: LabelValues<Labels>): Cell {
    const labels = labelText(this.definition.labels, values);
    const known = this.#cells.get(labels);
    if (known !== undefined) return known;
    const cell = { value: 0 };
    this.#cells.set(labels, cell);
    this.#series.push({ labels, cell });
    return cell;
  }

  /** Adds a series whose value is read when it is shown; it must never fall. */
  watch(values: LabelValues<Labels>, read: () => number): void {
    const cell = {
      get value() {
        return read();
      },
    };
    this.#series.push({ labels: labelText(this.definition.labels, values), cell });
  }

  size(): number {
    return this.#series.length;
  }

  lines(index: number): string {
    const series = this.#series[index];
    return series === undefined
      ? ''
      : sampleLine(this.definition.name, series.labels, series.cell.value);
  }
}
