// A file of Kubernetes manifests to its objects.
import { LineCounter, parseAllDocuments } from 'yaml';
import type { KubeObject } from '../kube/port.ts';

export interface Manifests {
  readonly objects: readonly KubeObject[];
  /** `FILE:LINE: sentence`. */
  readonly problems: readonly string[];
}

// One alias of an alias of an alias could fill the memory; manifests have none.
const maxAliasCount = 100;

export function readManifests(text: string, file: string): Manifests {
  const lineCounter = new LineCounter();
  const objects: KubeObject[] = [];
  const problems: string[] = [];
  for (const document of parseAllDocuments(text, { lineCounter })) {
    const line = lineCounter.linePos(document.contents?.range?.[0] ?? document.range[0]).line;
    if (document.errors.length > 0) {
      problems.push(
        ...document.errors.map(({ linePos, message }) => {
          const [what = message] = message.split('\n');
          return `${file}:${linePos?.[0].line ?? line}: ${what}`;
        }),
      );
      continue;
    }
    let value: unknown;
    try {
      value = document.toJS({ maxAliasCount });
    } catch (error) {
      value = undefined;
      problems.push(`${file}:${line}: ${error instanceof Error ? error.message : String(error)}`);
      continue;
    }
    if (value === null || value === undefined) continue;
    if (isObject(value)) objects.push(value);
    else problems.push(`${file}:${line}: is no Kubernetes object with apiVersion, kind and name`);
  }
  return { objects, problems };
}

function isObject(value: unknown): value is KubeObject {
  if (typeof value !== 'object' || value === null) return false;
  const { apiVersion, kind, metadata } = value as Readonly<Record<string, unknown>>;
  return (
    typeof apiVersion === 'string' &&
    typeof kind === 'string' &&
    typeof metadata === 'object' &&
    metadata !== null &&
    typeof (metadata as Readonly<Record<string, unknown>>)['name'] === 'string'
  );
}
