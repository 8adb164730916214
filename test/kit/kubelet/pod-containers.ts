// The containers of one pod in their order: init steps to their ends, sidecars from their place on,
// then the containers together; and back.
import { runContainer, type RunningContainer } from './container.ts';
import type { Launcher } from './launch.ts';
import type { Ending } from './local-process.ts';
import type { Container, ContainerStatus, PodSpec } from './pod.ts';

export interface PodContainers {
  /** Resolves when all that is to be started is, or an init step has failed for good. */
  start(): Promise<void>;
  /** preStop hooks, SIGTERM, and SIGKILL for what is there after that time; at once when it is 0. */
  stop(graceMs: number): Promise<void>;
  statuses(waitingFor: string | undefined): PodContainerStatuses;
  pid(name: string): number | undefined;
}

export interface PodContainerStatuses {
  /** Every init step has ended well, every sidecar has started. */
  readonly isInitialized: boolean;
  readonly init: readonly ContainerStatus[];
  readonly containers: readonly ContainerStatus[];
}

export function createPodContainers(options: {
  readonly spec: PodSpec;
  readonly podIp: string;
  readonly launcher: Launcher;
  readonly onChange: () => void;
}): PodContainers {
  const { spec, launcher, onChange } = options;
  const { initContainers = [], containers, restartPolicy = 'Always' } = spec;
  const graceMs = (spec.terminationGracePeriodSeconds ?? 30) * 1000;
  const running = new Map<string, RunningContainer>();
  let isStopping = false;
  let isInitialized = false;

  const run = (container: Container, restarts: (ending: Ending) => boolean): RunningContainer => {
    const started = runContainer({
      ...{ container, podIp: options.podIp, graceMs, restarts, onChange },
      launch: () => launcher.launch(container),
      exec: (command, signal) => launcher.exec(container, command, signal),
    });
    running.set(container.name, started);
    return started;
  };
  /** False when it was not to be. */
  const initialise = async (container: Container): Promise<boolean> => {
    if (isSidecar(container)) {
      await run(container, () => true).started;
      return true;
    }
    const restarts = (ending: Ending): boolean => restartPolicy !== 'Never' && failed(ending);
    const ending = await run(container, restarts).finished;
    return ending !== undefined && !failed(ending);
  };
  const stopAll = async (ended: readonly Container[], grace: number): Promise<void> => {
    await Promise.all(ended.map(async ({ name }) => running.get(name)?.stop(grace)));
  };

  return {
    start: async () => {
      for (const container of initContainers) {
        if (isStopping || !(await initialise(container))) return;
      }
      if (isStopping) return;
      isInitialized = true;
      for (const container of containers) {
        run(container, (ending) =>
          restartPolicy === 'OnFailure' ? failed(ending) : restartPolicy === 'Always',
        );
      }
      onChange();
    },
    stop: async (grace) => {
      const deadline = Date.now() + grace;
      isStopping = true;
      await stopAll(
        [...initContainers, ...containers].filter((container) => !isSidecar(container)),
        grace,
      );
      // Sidecars outlive those that they serve, and end in the reverse of their order.
      for (const sidecar of initContainers.filter(isSidecar).toReversed()) {
        await stopAll([sidecar], Math.max(0, deadline - Date.now()));
      }
    },
    statuses: (waitingFor) => {
      const reason =
        initContainers.length > 0 && !isInitialized ? 'PodInitializing' : 'ContainerCreating';
      const message = waitingFor === undefined ? {} : { message: waitingFor };
      const status = (container: Container): ContainerStatus =>
        running.get(container.name)?.status() ?? notStarted(container, { reason, ...message });
      return {
        isInitialized,
        init: initContainers.map((container) => {
          const now = status(container);
          // A step counts as ready when it has ended well.
          return isSidecar(container)
            ? now
            : { ...now, ready: now.state.terminated?.exitCode === 0 };
        }),
        containers: containers.map(status),
      };
    },
    pid: (name) => running.get(name)?.pid(),
  };
}

function failed({ exitCode }: Ending): boolean {
  return exitCode !== 0;
}

/** Of an init container. */
export function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
}

function notStarted(
  { name, image }: Container,
  waiting: { readonly reason: string; readonly message?: string },
): ContainerStatus {
  return {
    ...{ name, image, imageID: '', ready: false, started: false, restartCount: 0 },
    ...{ state: { waiting }, lastState: {} },
  };
}
