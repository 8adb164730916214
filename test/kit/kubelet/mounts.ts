// Where the paths and the address of a container are on this machine. There are no namespaces: in a
// command, an argument or a variable, a path below a mountPath becomes one in the local folder, and
// the address 0.0.0.0, which in a pod is the pod, becomes the pod's own.
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expand, type Environment } from './environment.ts';
import type { Container, Pod } from './pod.ts';
import { volumeFolder, type VolumePlaces } from './volumes.ts';

/** Local paths by mountPath. */
export type Mounts = ReadonlyMap<string, string>;

/** Call it before each start of the container; files by subPath stay as they are at that moment. */
export async function mountVolumes(
  pod: Pod,
  container: Container,
  { places, env }: { readonly places: VolumePlaces; readonly env: Environment },
): Promise<Mounts> {
  const mounted = new Map<string, string>();
  for (const { name, mountPath, ...mount } of container.volumeMounts ?? []) {
    const subPath = expand(mount.subPathExpr ?? mount.subPath ?? '', env);
    const volume = pod.spec.volumes?.find((candidate) => candidate.name === name);
    if (volume === undefined) throw new Error(`there is no volume ${name}`);
    const folder = volumeFolder(pod, volume, places);
    const path = mountPath.replace(/\/+$/, '');
    if (subPath === '') {
      mounted.set(path, folder);
    } else if (volume.emptyDir !== undefined || volume.persistentVolumeClaim !== undefined) {
      await mkdir(join(folder, subPath), { recursive: true });
      mounted.set(path, join(folder, subPath));
    } else {
      const copy = join(places.folder, '..sub-paths', container.name, path.replaceAll('/', '_'));
      await rm(copy, { recursive: true, force: true });
      await cp(join(folder, subPath), copy, { recursive: true, dereference: true });
      mounted.set(path, copy);
    }
  }
  return mounted;
}

/** The text with each path below a mount, and the address that stands for all, made local. */
export function localise(text: string, mounted: Mounts, podIp: string): string {
  const addressed = text.replace(/(?<![\w.])0\.0\.0\.0(?![\w.])/g, podIp);
  if (mounted.size === 0) return addressed;
  const longestFirst = [...mounted.keys()].sort((a, b) => b.length - a.length);
  const alternatives = longestFirst.map((path) => path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  // Whole path components only: `/data` is neither in `/database` nor in `/var/data`, but it is in
  // `unix:///data`.
  const pattern = new RegExp(`(?<![\\w.-]|(?<!/)/)(?:${alternatives.join('|')})(?![\\w.-])`, 'g');
  return addressed.replace(pattern, (path) => mounted.get(path) ?? path);
}
