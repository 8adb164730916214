// What a pod may know of itself: fieldRef and resourceFieldRef, in environments and in files.
import type { Container, Pod, ResourceFieldRef } from './pod.ts';

export interface Downward {
  readonly pod: Pod;
  readonly podIp: string;
  readonly hostIp: string;
}

/** Value of a `fieldPath`; rejects one that the API does not have. */
export function fieldValue({ pod, podIp, hostIp }: Downward, path: string): string {
  const { metadata, spec } = pod;
  const values: Readonly<Record<string, string | undefined>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'metadata.labels': asLines(metadata.labels),
    'metadata.annotations': asLines(metadata.annotations),
    'spec.nodeName': spec.nodeName,
    'spec.serviceAccountName': spec.serviceAccountName ?? 'default',
    'status.podIP': podIp,
    'status.podIPs': podIp,
    'status.hostIP': hostIp,
    'status.hostIPs': hostIp,
  };
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed !== null) {
    const [, map, key = ''] = keyed;
    return (map === 'labels' ? metadata.labels : metadata.annotations)?.[key] ?? '';
  }
  const value = values[path];
  if (value === undefined) throw new Error(`unsupported fieldPath ${path}`);
  return value;
}

function asLines(map: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries(map).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return lines.sort().join('\n');
}

// What a node has to give where a container sets no limit.
const allocatable: Readonly<Record<string, string>> = { cpu: '8', memory: '16Gi' };

/** Value of a `resourceFieldRef`, rounded up to whole divisors. */
export function resourceValue(container: Container, reference: ResourceFieldRef): string {
  const [kind, ...rest] = reference.resource.split('.');
  const name = rest.join('.');
  const given = container.resources?.[kind === 'requests' ? 'requests' : 'limits']?.[name];
  const quantity = given ?? (kind === 'limits' ? (allocatable[name] ?? '0') : '0');
  const divisor = reference.divisor === undefined ? 0 : quantityValue(reference.divisor);
  return String(Math.ceil(quantityValue(quantity) / (divisor === 0 ? 1 : divisor)));
}

const suffixes: Readonly<Record<string, number>> = {
  ...{ '': 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
};

function quantityValue(quantity: string): number {
  const [, number = '', suffix = ''] = /^([\d.]+)(\w*)$/.exec(quantity) ?? [];
  return Number(number) * (suffixes[suffix] ?? Number.NaN);
}
