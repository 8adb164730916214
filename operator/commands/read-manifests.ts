// A file of Kubernetes manifests to its objects.
import { LineCounter, parseAllDocuments, type Document } from 'yaml';
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
    const line = lineCounter.linePos(document.contents?.range[0] ?? document.range[0]).line;
    if (document.errors.length > 0) {
      problems.push(
        ...document.errors.map(({ linePos, message }) => {
          const [what = message] = message.split('\n');
          return `${file}:${linePos?.[0].line ?? line}: ${what}`;
        }),
      );
      continue;
    }
    const read = toValue(document);
    if ('problem' in read) problems.push(`${file}:${line}: ${read.problem}`);
    else if (read.value !== null) {
      const values = itemsOf(read.value) ?? [read.value];
      objects.push(...values.filter(isObject));
      if (!values.every(isObject)) {
        problems.push(`${file}:${line}: is no Kubernetes object with apiVersion, kind and name`);
      }
    }
  }
  return { objects, problems };
}

function toValue(
  document: Pick<Document, 'toJS'>,
): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: document.toJS({ maxAliasCount }) as unknown };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Of a list, as `kubectl get -o yaml` prints several objects; undefined where it is none. */
function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, items } = value as Readonly<Record<string, unknown>>;
  return kind === 'List' && Array.isArray(items) ? items : undefined;
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
