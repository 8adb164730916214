// One pod on this machine, from its volumes to its deletion: init steps in their order, sidecars,
// containers; its status is told whenever it changes.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../api-client.ts';
import { runContainer, type RunningContainer } from './container.ts';
import type { Downward } from './downward.ts';
import { createLauncher, type Programs } from './launch.ts';
import type { Ending } from './local-process.ts';
import type { Objects } from './objects.ts';
import { timestamp, type Container, type ContainerStatus, type Pod } from './pod.ts';
import { createReporter, deletePod } from './pod-reports.ts';
import { isSidecar, podStatus, type Condition } from './status.ts';
import { fillVolumes } from './volumes.ts';

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
  readonly pod: () => Pod;
  readonly podIp: string;
  /** The API server has another version of the pod. */
  update(pod: Pod): void;
  /** Brings ConfigMaps, Secrets and labels to the volumes. */
  syncVolumes(): Promise<void>;
  pid(container: string): number | undefined;
  /** Ends all at once, without telling anybody. */
  kill(): Promise<void>;
}

export function runPod(options: PodRunnerOptions): PodRunner {
  const { client, podIp, hostIp } = options;
  let pod = options.pod;
  const self = (): Downward => ({ pod, podIp, hostIp });
  const places = { folder: join(options.folder, 'volumes'), claims: options.claims };
  const launcher = createLauncher({ ...options, self, places });
  const { initContainers = [], containers, restartPolicy = 'Always' } = pod.spec;
  const graceMs = (pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
  const running = new Map<string, RunningContainer>();
  const startTime = timestamp();
  const ending = new AbortController();
  let isInitialized = false;
  let problem: string | undefined;
  let conditions: readonly Condition[] = [];

  const statusOf = ({ name, image }: Container): ContainerStatus =>
    running.get(name)?.status() ?? {
      ...{ name, image, imageID: '', ready: false, started: false, restartCount: 0 },
      state: {
        waiting: {
          reason:
            initContainers.length > 0 && !isInitialized ? 'PodInitializing' : 'ContainerCreating',
          ...(problem === undefined ? {} : { message: problem }),
        },
      },
      lastState: {},
    };
  const reporter = createReporter(
    client,
    () => pod,
    () => {
      const status = podStatus({
        ...{ pod, podIp, hostIp, startTime, isInitialized },
        init: initContainers.map((container, index) => {
          const status = statusOf(container);
          // An init step counts as ready when it has ended well.
          const isDone = status.state.terminated?.exitCode === 0;
          return isSidecar(pod, index) ? status : { ...status, ready: isDone };
        }),
        containers: containers.map(statusOf),
        before: conditions,
      });
      conditions = status.conditions;
      return status;
    },
  );

  const start = (container: Container, restarts: (ending: Ending) => boolean): RunningContainer => {
    const started = runContainer({
      ...{ container, podIp, graceMs, restarts },
      launch: () => launcher.launch(container),
      exec: (command, signal) => launcher.exec(container, command, signal),
      onChange: reporter.changed,
    });
    running.set(container.name, started);
    reporter.changed();
    return started;
  };
  const restartsAfter = ({ exitCode }: Ending): boolean =>
    restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exitCode !== 0);

  const fill = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        await fillVolumes(self(), places, options.objects);
        problem = undefined;
        return;
      } catch (error) {
        problem = `MountVolume.SetUp failed: ${error instanceof Error ? error.message : String(error)}`;
        reporter.changed();
      }
      await sleep(300, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };
  const begin = async (): Promise<void> => {
    await mkdir(places.folder, { recursive: true });
    await fill();
    for (const [index, container] of initContainers.entries()) {
      if (ending.signal.aborted) return;
      if (isSidecar(pod, index)) {
        await start(container, () => true).started;
      } else {
        const fails = ({ exitCode }: Ending): boolean => exitCode !== 0;
        const step = start(container, (end) => restartPolicy !== 'Never' && fails(end));
        const end = await step.finished;
        if (end === undefined || fails(end)) return;
      }
    }
    if (ending.signal.aborted) return;
    isInitialized = true;
    for (const container of containers) start(container, restartsAfter);
  };

  const stopAll = async (grace: number): Promise<void> => {
    const deadline = Date.now() + grace;
    ending.abort();
    const sidecars = initContainers.filter((_, index) => isSidecar(pod, index));
    const others = [...running].filter(([name]) => !sidecars.some((one) => one.name === name));
    await Promise.all(others.map(([, container]) => container.stop(grace)));
    // Sidecars outlive those that they serve, and end in the reverse of their order.
    for (const { name } of sidecars.toReversed()) {
      await running.get(name)?.stop(Math.max(0, deadline - Date.now()));
    }
    await begun;
    await synced;
  };
  const cleanUp = async (): Promise<void> => {
    reporter.stop();
    await rm(options.folder, { recursive: true, force: true });
  };
  const terminate = async (grace: number): Promise<void> => {
    await stopAll(grace);
    await reporter.idle();
    await cleanUp();
    await deletePod(client, pod, options.signal);
    options.onGone();
  };

  reporter.changed();
  let synced = Promise.resolve();
  const begun = begin();
  let termination: Promise<void> | undefined;
  const syncVolumes = (): Promise<void> => {
    synced = synced.then(async () => {
      if (ending.signal.aborted) return;
      // What has vanished since stays as it was, as with a kubelet.
      await fillVolumes(self(), places, options.objects).catch(() => undefined);
    });
    return synced;
  };
  return {
    pod: () => pod,
    podIp,
    update: (next) => {
      const isRenamed = describes(next) !== describes(pod);
      pod = next;
      if (isRenamed) void syncVolumes();
      const { deletionTimestamp, deletionGracePeriodSeconds = 30 } = next.metadata;
      if (deletionTimestamp !== undefined)
        termination ??= terminate(deletionGracePeriodSeconds * 1000);
    },
    syncVolumes,
    pid: (container) => running.get(container)?.pid(),
    kill: async () => {
      await stopAll(0);
      await cleanUp();
      options.onGone();
    },
  };
}

/** What files of the downward API may hold. */
function describes({ metadata }: Pod): string {
  return JSON.stringify([metadata.labels, metadata.annotations]);
}
