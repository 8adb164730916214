// One pod on this machine, from its volumes to its deletion; its status is told whenever it changes.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../api-client.ts';
import type { Downward } from './downward.ts';
import { createLauncher, type Programs } from './launch.ts';
import type { Objects } from './objects.ts';
import { createPodContainers } from './pod-containers.ts';
import { createReporter, deletePod } from './pod-reports.ts';
import { timestamp, type Pod, type Volume } from './pod.ts';
import { podStatus, type Condition } from './status.ts';
import { fillVolumes, volumeFolder, type VolumePlaces } from './volumes.ts';

export interface PodRunnerOptions {
  readonly client: ApiClient;
  readonly objects: Objects;
  readonly programs: Programs;
  readonly pod: Pod;
  readonly podIp: string;
  readonly hostIp: string;
  /** The API server's address. */
  readonly server: URL;
  /** The pod's own folder, removed at its end. */
  readonly folder: string;
  /** Of all claims. */
  readonly claims: string;
  readonly onOutput: (container: string, text: string) => void;
  /** Ends what is still to be told. */
  readonly signal: AbortSignal;
  /** Nothing of the pod is left. */
  readonly onGone: () => void;
}

export interface PodRunner {
  pod(): Pod;
  readonly podIp: string;
  /** Local folder of a volume. */
  volume(name: string): string;
  /** The API server has another version of the pod. */
  update(pod: Pod): void;
  /** Brings ConfigMaps, Secrets and labels to the volumes. */
  syncVolumes(): Promise<void>;
  pid(container: string): number | undefined;
  /** Ends all at once, without telling anybody. */
  kill(): Promise<void>;
}

/** Between attempts to fill a volume. */
const retryMs = 300;

export function runPod(options: PodRunnerOptions): PodRunner {
  const { client, podIp, hostIp, folder, objects } = options;
  let pod = options.pod;
  const self = (): Downward => ({ pod, podIp, hostIp });
  const places: VolumePlaces = { folder: join(folder, 'volumes'), claims: options.claims };
  const startTime = timestamp();
  const ending = new AbortController();
  /** What the volumes are waiting for. */
  let missing: string | undefined;
  let conditions: readonly Condition[] = [];

  const containers = createPodContainers({
    ...{ spec: pod.spec, podIp },
    launcher: createLauncher({ ...options, self, places }),
    onChange: () => {
      reporter.changed();
    },
  });
  const reporter = createReporter(
    client,
    () => pod,
    () => {
      const facts = { pod, podIp, hostIp, startTime, before: conditions };
      const status = podStatus({ ...facts, ...containers.statuses(missing) });
      conditions = status.conditions;
      return status;
    },
  );

  const fill = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        await fillVolumes(self(), places, objects);
        missing = undefined;
        return;
      } catch (error) {
        missing = `MountVolume.SetUp failed: ${error instanceof Error ? error.message : String(error)}`;
        reporter.changed();
      }
      await sleep(retryMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };
  const begin = async (): Promise<void> => {
    reporter.changed();
    await mkdir(places.folder, { recursive: true });
    await fill();
    if (!ending.signal.aborted) await containers.start();
  };
  const begun = begin();

  let synced = Promise.resolve();
  const syncVolumes = (): Promise<void> => {
    synced = synced.then(async () => {
      await begun;
      // What has vanished since stays as it was, as with a kubelet.
      if (!ending.signal.aborted) await fillVolumes(self(), places, objects).catch(() => undefined);
    });
    return synced;
  };

  const stop = async (graceMs: number): Promise<void> => {
    ending.abort();
    await containers.stop(graceMs);
    await begun;
    await synced;
  };
  const cleanUp = async (): Promise<void> => {
    reporter.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const terminate = async (graceMs: number): Promise<void> => {
    await stop(graceMs);
    await reporter.idle();
    await cleanUp();
    await deletePod(client, pod, options.signal);
    options.onGone();
  };
  let termination: Promise<void> | undefined;

  return {
    pod: () => pod,
    podIp,
    volume: (name) => volumeFolder(pod, { name, ...findVolume(pod, name) }, places),
    update: (next) => {
      const isDescribedAnew = describes(next) !== describes(pod);
      pod = next;
      const { deletionTimestamp, deletionGracePeriodSeconds = 30 } = next.metadata;
      if (deletionTimestamp !== undefined) {
        termination ??= terminate(deletionGracePeriodSeconds * 1000);
      } else if (isDescribedAnew) {
        void syncVolumes();
      }
    },
    syncVolumes,
    pid: (container) => containers.pid(container),
    kill: async () => {
      await stop(0);
      await cleanUp();
      options.onGone();
    },
  };
}

function findVolume({ spec }: Pod, name: string): Volume | undefined {
  return spec.volumes?.find((volume) => volume.name === name);
}

/** What files of the downward API may hold. */
function describes({ metadata }: Pod): string {
  return JSON.stringify([metadata.labels, metadata.annotations]);
}
