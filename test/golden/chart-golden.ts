// The golden pairs of the chart: X.in.yaml (values, and what the cluster serves) to X.out.yaml (every
// object). Real Helm renders them, so they are rewritten only where Helm is prepared.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml, stringify } from 'yaml';
import { renderChart, type RenderedObject } from '../kit/helm.ts';

const folder = fileURLToPath(new URL('chart/', import.meta.url));

interface ChartInput {
  readonly values?: object;
  /** Such as `monitoring.coreos.com/v1/ServiceMonitor`. */
  readonly apiVersions?: readonly string[];
}

/** Names of all pairs. */
export function chartGoldenNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.in.yaml'))
    .map((file) => file.slice(0, -'.in.yaml'.length));
}

export function chartGoldenPath(name: string): string {
  return `${folder}${name}.out.yaml`;
}

/** What the pair's output should be. */
export async function chartGoldenText(name: string): Promise<string> {
  const { values = {}, apiVersions = [] } = parseYaml(
    readFileSync(`${folder}${name}.in.yaml`, 'utf8'),
  ) as ChartInput;
  const objects = (await renderChart(values, apiVersions)).map(withoutSchema);
  objects.sort((one, other) => keyOf(one).localeCompare(keyOf(other), 'en'));
  return objects.map((object) => `---\n${stringify(object, { lineWidth: 0 })}`).join('');
}

function keyOf({ kind, metadata }: RenderedObject): string {
  return [kind, metadata.namespace ?? '', metadata.name].join('/');
}

/** The CRD is long and has its own file; here only its metadata is the chart's. */
function withoutSchema(object: RenderedObject): RenderedObject {
  if (object.kind !== 'CustomResourceDefinition') return object;
  const { apiVersion, kind, metadata } = object;
  return { apiVersion, kind, metadata };
}
