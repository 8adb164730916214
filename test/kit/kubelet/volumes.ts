// The volumes of one pod as folders: filled before the first container starts, kept up to date after.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically, type FileContent, type Files } from './atomic-files.ts';
import { fieldValue, resourceValue, type Downward } from './downward.ts';
import type { Kind, Objects } from './objects.ts';
import type { DownwardItem, KeyToPath, Pod, ProjectedSource, Volume } from './pod.ts';

export interface VolumePlaces {
  /** Folder of this pod's volumes. */
  readonly folder: string;
  /** Folder of all claims, which outlive pods. */
  readonly claims: string;
}

/** Local folder of a volume. */
export function volumeFolder({ metadata }: Pod, volume: Volume, places: VolumePlaces): string {
  const { persistentVolumeClaim: claim } = volume;
  return claim === undefined
    ? join(places.folder, volume.name)
    : join(places.claims, metadata.namespace, claim.claimName);
}

/** Rejects with a sentence when something that a volume needs is not there. */
export async function fillVolumes(
  self: Downward,
  places: VolumePlaces,
  objects: Objects,
): Promise<void> {
  for (const volume of self.pod.spec.volumes ?? []) {
    const folder = volumeFolder(self.pod, volume, places);
    if (volume.emptyDir !== undefined || volume.persistentVolumeClaim !== undefined) {
      await mkdir(folder, { recursive: true });
    } else {
      await writeAtomically(folder, await filesOf(volume, self, objects));
    }
  }
}

/** Whether the pod mounts the object. */
export function mounts(pod: Pod, kind: Kind, name: string): boolean {
  return (pod.spec.volumes ?? []).some((volume) =>
    sourcesOf(volume).some((source) =>
      kind === 'configmaps' ? source.configMap?.name === name : source.secret?.name === name,
    ),
  );
}

async function filesOf(volume: Volume, self: Downward, objects: Objects): Promise<Files> {
  const files = new Map<string, FileContent>();
  const mode =
    (volume.configMap ?? volume.secret ?? volume.projected ?? volume.downwardAPI)?.defaultMode ??
    0o644;
  for (const source of sourcesOf(volume)) {
    for (const [path, file] of await sourceFiles(source, { self, objects, mode })) {
      files.set(path, file);
    }
  }
  return files;
}

/** Every volume as if it were a projected one. */
function sourcesOf(volume: Volume): readonly ProjectedSource[] {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (projected !== undefined) return projected.sources ?? [];
  if (configMap !== undefined) return [{ configMap }];
  if (secret !== undefined) return [{ secret: { ...secret, name: secret.secretName } }];
  if (downwardAPI !== undefined) return [{ downwardAPI }];
  if (volume.emptyDir !== undefined || volume.persistentVolumeClaim !== undefined) return [];
  const kind = Object.keys(volume).find((key) => key !== 'name') ?? 'nothing';
  throw new Error(`volume ${volume.name}: this kubelet has no ${kind}`);
}

interface Surroundings {
  readonly self: Downward;
  readonly objects: Objects;
  readonly mode: number;
}

async function sourceFiles(source: ProjectedSource, around: Surroundings): Promise<Files> {
  const { self, objects, mode } = around;
  const { configMap, secret, downwardAPI, serviceAccountToken } = source;
  if (serviceAccountToken !== undefined) {
    const data = await objects.token(self.pod, serviceAccountToken);
    return new Map([[serviceAccountToken.path, { data, mode: 0o600 }]]);
  }
  if (downwardAPI !== undefined) {
    return new Map(
      (downwardAPI.items ?? []).map((item) => [
        item.path,
        { data: Buffer.from(downwardText(item, self)), mode: item.mode ?? mode },
      ]),
    );
  }
  const reference = configMap ?? secret;
  if (reference === undefined) throw new Error('unsupported projected source');
  const kind = configMap === undefined ? 'secrets' : 'configmaps';
  const { namespace } = self.pod.metadata;
  const data = await objects.data(kind, namespace, reference.name);
  if (data === undefined) {
    if (reference.optional === true) return new Map();
    throw new Error(`${kind.slice(0, -1)} "${reference.name}" not found`);
  }
  return selected(data, reference, mode);
}

function selected(
  data: ReadonlyMap<string, Buffer>,
  reference: {
    readonly name: string;
    readonly items?: readonly KeyToPath[];
    readonly optional?: boolean;
  },
  mode: number,
): Files {
  const items: readonly KeyToPath[] =
    reference.items ?? [...data.keys()].map((key) => ({ key, path: key }));
  return new Map(
    items.flatMap((item) => {
      const bytes = data.get(item.key);
      if (bytes !== undefined) {
        return [[item.path, { data: bytes, mode: item.mode ?? mode }] as const];
      }
      if (reference.optional === true) return [];
      throw new Error(`references non-existent key ${item.key} of ${reference.name}`);
    }),
  );
}

function downwardText({ fieldRef, resourceFieldRef }: DownwardItem, self: Downward): string {
  if (fieldRef !== undefined) return fieldValue(self, fieldRef.fieldPath);
  const { containers } = self.pod.spec;
  const container = containers.find(({ name }) => name === resourceFieldRef?.containerName);
  if (resourceFieldRef === undefined || container === undefined) {
    throw new Error('a downward API item names no field');
  }
  return resourceValue(container, resourceFieldRef);
}
