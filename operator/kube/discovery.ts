// What an API server serves, in as few requests as it can: the aggregated form where the server has
// it (Kubernetes 1.26 and later), the walk from group to group where it has not.
import type { Discovery, ServedResource } from './port.ts';

/** Reads one path with an Accept header; undefined where there is nothing (404). */
export type ReadPath = (path: string, accept: string) => Promise<unknown>;

const aggregated = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');

/** Everything that is served. What cannot be asked for one group is `unknown`, not absent. */
export async function discover(read: ReadPath): Promise<Discovery> {
  const answers = await Promise.all([read('/api', aggregated), read('/apis', aggregated)]);
  const parts = await Promise.all(answers.map((answer) => partOf(answer, read)));
  return {
    resources: parts.flatMap((part) => part.resources),
    unknown: parts.flatMap((part) => part.unknown),
  };
}

async function partOf(answer: unknown, read: ReadPath): Promise<Discovery> {
  const list = recordOf(answer);
  if (list['kind'] === 'APIGroupDiscoveryList') return aggregatedPart(list);
  const versions =
    list['kind'] === 'APIVersions'
      ? textsOf(list['versions'])
      : recordsOf(list['groups']).flatMap((group) =>
          recordsOf(group['versions']).map((version) => textOf(version['groupVersion'])),
        );
  const parts = await Promise.all(versions.map((version) => walkVersion(version, read)));
  return {
    resources: parts.flatMap((part) => part.resources),
    unknown: parts.flatMap((part) => part.unknown),
  };
}

function aggregatedPart(list: Record<string, unknown>): Discovery {
  const resources: ServedResource[] = [];
  const unknown: string[] = [];
  for (const item of recordsOf(list['items'])) {
    const group = textOf(recordOf(item['metadata'])['name']);
    for (const entry of recordsOf(item['versions'])) {
      const version = textOf(entry['version']);
      if (entry['freshness'] === 'Stale') unknown.push(`${group}/${version}`);
      for (const resource of recordsOf(entry['resources'])) {
        resources.push({
          group,
          version,
          kind: textOf(recordOf(resource['responseKind'])['kind']),
          plural: textOf(resource['resource']),
          namespaced: resource['scope'] === 'Namespaced',
          verbs: textsOf(resource['verbs']),
        });
      }
    }
  }
  return { resources, unknown };
}

async function walkVersion(groupVersion: string, read: ReadPath): Promise<Discovery> {
  const [version = '', group = ''] = groupVersion.split('/').reverse();
  const root = group === '' ? '/api' : '/apis';
  try {
    const answer = recordOf(await read(`${root}/${groupVersion}`, 'application/json'));
    const resources = recordsOf(answer['resources'])
      .filter((resource) => !textOf(resource['name']).includes('/'))
      .map((resource) => ({
        group,
        version,
        kind: textOf(resource['kind']),
        plural: textOf(resource['name']),
        namespaced: resource['namespaced'] === true,
        verbs: textsOf(resource['verbs']),
      }));
    return { resources, unknown: [] };
  } catch {
    return { resources: [], unknown: [groupVersion] };
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Record<string, unknown>) : {};
}

function recordsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(recordOf) : [];
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
