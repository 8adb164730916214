// The golden pairs of the operator: X.in.yaml (a resource, the ConfigMaps beside it, and what is
// known of the cluster) to X.out.yaml (every object that the cluster should hold).
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml, stringify } from 'yaml';
import type { OperatorDefaults } from '../../operator/desired/context.ts';
import type { KubeObject } from '../../operator/kube/port.ts';
import { renderResource, type Rendered, type RenderInput } from '../../operator/render-resource.ts';

export const operatorGoldenFolder = fileURLToPath(new URL('operator/', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));

interface GoldenInput {
  readonly resource?: KubeObject;
  /** A sample in the place of `resource`. */
  readonly resource_file?: string;
  readonly config_maps?: readonly KubeObject[];
  readonly cluster?: Partial<RenderInput['cluster']>;
  readonly defaults?: Partial<OperatorDefaults>;
}

/** Names of all pairs. */
export function operatorGoldenNames(): string[] {
  return readdirSync(operatorGoldenFolder)
    .filter((file) => file.endsWith('.in.yaml'))
    .map((file) => file.slice(0, -'.in.yaml'.length));
}

export function renderGolden(name: string): Rendered {
  const input = parseYaml(
    readFileSync(`${operatorGoldenFolder}${name}.in.yaml`, 'utf8'),
  ) as GoldenInput;
  const resource =
    input.resource ??
    (parseYaml(readFileSync(`${root}${input.resource_file ?? ''}`, 'utf8')) as KubeObject);
  return renderResource({
    resource: {
      ...resource,
      metadata: {
        namespace: 'team-a',
        uid: '3f6c2a52-7d1c-4a0e-9d0b-2f1d4c5b6a79',
        ...resource.metadata,
      },
    },
    configMaps: input.config_maps ?? [],
    cluster: {
      served: { authConfig: false, serviceMonitor: false },
      isOpenShift: false,
      prometheuses: undefined,
      namespaceLabels: undefined,
      ...input.cluster,
    },
    defaults: {
      images: {
        router: 'registry.example/semantic-router-maas:0.1.0',
        envoy: 'registry.example/envoy:v1.40.0',
      },
      operatorNamespace: 'semantic-router-system',
      ...input.defaults,
    },
  });
}

/** The objects, or what is wrong, and the conditions that follow, as the text of a file. */
export function operatorGoldenText(rendered: Rendered): string {
  const { desired, problems, warnings, conditions } = rendered;
  const seen = conditions.map(({ type, status, reason, message }) => ({
    type: `${type}=${status}`,
    reason,
    message,
  }));
  return [
    ...(warnings.length === 0 ? [] : [{ warnings }]),
    ...(problems.length === 0 ? [] : [{ problems }]),
    ...(desired?.objects ?? []),
    { conditions: seen },
  ]
    .map((part) => stringify(part, { aliasDuplicateObjects: false, lineWidth: 0 }))
    .join('---\n');
}
