// Gauges are read from what they describe when they are shown; nothing has to keep them up to date.
import type { GaugeDefinition } from '../../../config/metrics.ts';
import { labelText, sampleLine, type LabelValues, type MetricFamily } from './family.ts';

export interface GaugeSample<Labels extends readonly string[]> {
  readonly labels: LabelValues<Labels>;
  readonly value: number;
}

export class GaugeFamily<Labels extends readonly string[]> implements MetricFamily {
  readonly definition: GaugeDefinition<Labels>;
  readonly #read: () => readonly GaugeSample<Labels>[];

  constructor(definition: GaugeDefinition<Labels>, read: () => readonly GaugeSample<Labels>[]) {
    this.definition = definition;
    this.#read = read;
  }

  /** All samples are one entry, so that they are shown as they were at one moment. */
  size(): number {
    return this.#read().length === 0 ? 0 : 1;
  }

  lines(): string {
    const { name, labels } = this.definition;
    return this.#read()
      .map((sample) => sampleLine(name, labelText(labels, sample.labels), sample.value))
      .join('');
  }
}
