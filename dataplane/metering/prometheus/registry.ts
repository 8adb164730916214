// All metric families of the process and the page that shows them. The page is written by own code
// in small pieces, since a library's renderer holds up every request for 0.1 to 1.5 seconds at
// 10,000 to 100,000 series (measured), and users times models are that many.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  CounterDefinition,
  GaugeDefinition,
  HistogramDefinition,
} from '../../../config/metrics.ts';
import { CounterFamily } from './counter-family.ts';
import type { MetricFamily } from './family.ts';
import { GaugeFamily, type GaugeSample } from './gauge-family.ts';
import { HistogramFamily } from './histogram-family.ts';

/** Prometheus text 0.0.4, or OpenMetrics 1.0.0. */
export type MetricsFormat = 'text' | 'openmetrics';

export const contentTypes: Readonly<Record<MetricsFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Families that somebody else keeps, such as those of the process; asked at each rendering. */
export type FamilySource = () => Promise<readonly MetricFamily[]>;

// So many series take about a millisecond, which is how long a request may have to wait.
const seriesPerPiece = 1_000;

export class MetricsRegistry {
  readonly #families = new Map<string, MetricFamily>();
  readonly #sources: FamilySource[] = [];

  counter<Labels extends readonly string[]>(
    definition: CounterDefinition<Labels>,
  ): CounterFamily<Labels> {
    return this.#add(new CounterFamily(definition));
  }

  histogram<Labels extends readonly string[]>(
    definition: HistogramDefinition<Labels>,
  ): HistogramFamily<Labels> {
    return this.#add(new HistogramFamily(definition));
  }

  /** `read` gives the samples of the moment; none: the metric is not shown. */
  gauge<Labels extends readonly string[]>(
    definition: GaugeDefinition<Labels>,
    read: () => readonly GaugeSample<Labels>[],
  ): void {
    this.#add(new GaugeFamily(definition, read));
  }

  addSource(source: FamilySource): void {
    this.#sources.push(source);
  }

  /** Names of everything that may be shown, in the order of the page; sources not included. */
  names(): readonly string[] {
    return [...this.#families.keys()];
  }

  /**
   * The page in pieces, between which other work gets its turn. A counter may move meanwhile: each
   * series is as it was at one moment, the page as a whole is not.
   */
  async *render(format: MetricsFormat): AsyncGenerator<string, void, undefined> {
    const foreign = await Promise.all(this.#sources.map((source) => source()));
    let piece = '';
    let series = 0;
    for (const family of [...this.#families.values(), ...foreign.flat()]) {
      if (family.size() === 0) continue;
      piece += head(family, format);
      for (let index = 0; index < family.size(); index += 1) {
        piece += family.lines(index);
        series += 1;
        if (series % seriesPerPiece === 0) {
          yield piece;
          piece = '';
          await nextTurn();
        }
      }
    }
    yield format === 'openmetrics' ? `${piece}# EOF\n` : piece;
  }

  /** The whole page as one string; for tests and small tools. */
  async page(format: MetricsFormat = 'text'): Promise<string> {
    let page = '';
    for await (const piece of this.render(format)) page += piece;
    return page;
  }

  #add<Family extends MetricFamily>(family: Family): Family {
    const { name } = family.definition;
    if (this.#families.has(name)) throw new Error(`the metric ${name} exists already`);
    this.#families.set(name, family);
    return family;
  }
}

/** OpenMetrics names a counter's family without the `_total` that its samples carry. */
function head({ definition }: MetricFamily, format: MetricsFormat): string {
  const { name, type, help } = definition;
  const family =
    format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
  return `# HELP ${family} ${help}\n# TYPE ${family} ${type}\n`;
}
