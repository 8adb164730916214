// CPU, memory, garbage collection and event loop of this process, under the names that Node
// dashboards know. The library collects them; the page is ours.
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { MetricDefinition } from '../../../config/metrics.ts';
import { labelText, sampleLine, type MetricFamily } from './family.ts';
import type { MetricsRegistry } from './registry.ts';

// Gauges named like counters, which `promtool check metrics` and OpenMetrics refuse.
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** Adds the metrics of the process to the page. Call it once. */
export function addProcessMetrics(registry: MetricsRegistry): void {
  const library = new Registry();
  collectDefaultMetrics({ register: library });
  for (const name of misnamed) library.removeSingleMetric(name);
  registry.addSource(async () => (await library.getMetricsAsJSON()).map(toFamily));
}

type LibraryMetric = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number];

function toFamily(metric: LibraryMetric): MetricFamily {
  return {
    definition: { name: metric.name, type: typeOf(metric), help: metric.help, labels: [] },
    size: () => (metric.values.length === 0 ? 0 : 1),
    lines: () => metric.values.map((sample) => line(metric.name, sample)).join(''),
  };
}

function typeOf(metric: LibraryMetric): MetricDefinition['type'] {
  // A string at run time, whatever the library's declarations say.
  const type = String(metric.type);
  return type === 'counter' || type === 'histogram' ? type : 'gauge';
}

function line(family: string, sample: LibraryMetric['values'][number]): string {
  const labels = Object.entries(sample.labels);
  const name =
    'metricName' in sample && typeof sample.metricName === 'string' ? sample.metricName : family;
  return sampleLine(
    name,
    labelText(
      labels.map(([label]) => label),
      labels.map(([, value]) => String(value)),
    ),
    sample.value,
  );
}
