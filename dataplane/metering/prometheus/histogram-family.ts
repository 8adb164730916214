// Histograms with cells of their own, as for counters: no labels are touched on the way.
import type { HistogramDefinition } from '../../../config/metrics.ts';
import {
  labelText,
  numberText,
  sampleLine,
  type LabelValues,
  type MetricFamily,
} from './family.ts';

/** One series of a histogram. */
export interface HistogramCell {
  observe(value: number): void;
}

interface Series extends HistogramCell {
  readonly labels: string;
  /** Observations by bucket, not summed up; the last is what lies beyond every bound. */
  readonly counts: Float64Array;
  readonly sum: () => number;
}

export class HistogramFamily<Labels extends readonly string[]> implements MetricFamily {
  readonly definition: HistogramDefinition<Labels>;
  readonly #series: Series[] = [];
  readonly #byLabels = new Map<string, Series>();

  constructor(definition: HistogramDefinition<Labels>) {
    this.definition = definition;
  }

  /** The series with these label values, begun when it is new. Keep it: this call is slow. */
  cell(values: LabelValues<Labels>): HistogramCell {
    const labels = labelText(this.definition.labels, values);
    const known = this.#byLabels.get(labels);
    if (known !== undefined) return known;
    const series = beginSeries(labels, this.definition.buckets);
    this.#byLabels.set(labels, series);
    this.#series.push(series);
    return series;
  }

  size(): number {
    return this.#series.length;
  }

  lines(index: number): string {
    const series = this.#series[index];
    if (series === undefined) return '';
    const { name, buckets } = this.definition;
    const separator = series.labels === '' ? '' : ',';
    let below = 0;
    let text = '';
    for (const [bucket, count] of series.counts.entries()) {
      below += count;
      const labels = `${series.labels}${separator}le="${boundText(buckets[bucket] ?? Infinity)}"`;
      text += sampleLine(`${name}_bucket`, labels, below);
    }
    return (
      text +
      sampleLine(`${name}_sum`, series.labels, series.sum()) +
      sampleLine(`${name}_count`, series.labels, below)
    );
  }
}

function beginSeries(labels: string, buckets: readonly number[]): Series {
  const counts = new Float64Array(buckets.length + 1);
  let sum = 0;
  return {
    labels,
    counts,
    sum: () => sum,
    observe(value) {
      if (Number.isNaN(value)) return;
      let bucket = 0;
      while (bucket < buckets.length && value > (buckets[bucket] ?? Infinity)) bucket += 1;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      sum += value;
    },
  };
}

/**
 * A bound as OpenMetrics asks for it, `1.0` and not `1`, in both formats: `le` is text to a reader,
 * and a series must not depend on the format that was negotiated.
 */
function boundText(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : numberText(bound);
}
