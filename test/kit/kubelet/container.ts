// One container of a pod: started, probed, restarted with back-off, ended. How its process is made
// is the pod's business.
import { setTimeout as sleep } from 'node:timers/promises';
import { act, type ActionPlace } from './actions.ts';
import { runContainerProbes } from './container-probes.ts';
import { endProcess, type Ending, type LocalProcess } from './local-process.ts';
import { timestamp, type Container, type ContainerState, type ContainerStatus } from './pod.ts';

export interface ContainerOptions {
  readonly container: Container;
  readonly podIp: string;
  /** Of the pod. */
  readonly graceMs: number;
  /** Rejects with a sentence where it cannot be started for now; it is tried again. */
  readonly launch: () => Promise<LocalProcess>;
  readonly exec: ActionPlace['exec'];
  /** Whether a process that ended so is to be started again. */
  readonly restarts: (ending: Ending) => boolean;
  /** The status is another. */
  readonly onChange: () => void;
}

export interface RunningContainer {
  status(): ContainerStatus;
  /** Undefined while no process runs. */
  pid(): number | undefined;
  /** Resolves when it will not be started again; undefined when it was stopped before it ran. */
  readonly finished: Promise<Ending | undefined>;
  /** Resolves when its startup probe, if there is one, has succeeded; also when it is finished. */
  readonly started: Promise<void>;
  /** preStop, SIGTERM, and SIGKILL when the grace period is over; at once when it is 0. */
  stop(graceMs: number): Promise<void>;
}

/** First pause before a second restart; doubled each time up to the last. A kubelet has 10 s, 300 s. */
const firstPauseMs = 500;
const longestPauseMs = 5000;
/** A process that ran this long begins with no pause again. */
const resetAfterMs = 10_000;
/** Between attempts at something that cannot be started for now. */
const retryMs = 300;

export function runContainer(options: ContainerOptions): RunningContainer {
  const { container, onChange } = options;
  const place: ActionPlace = { container, podIp: options.podIp, exec: options.exec };
  const stopping = new AbortController();
  let state: ContainerState = { waiting: { reason: 'ContainerCreating' } };
  let lastState: ContainerState = {};
  let restartCount = 0;
  let started = false;
  let ready = false;
  let running: LocalProcess | undefined;
  let killing: Promise<void> | undefined;
  const { promise: startedOnce, resolve: tellStarted } = Promise.withResolvers<undefined>();

  const kill = async (graceMs: number): Promise<void> => {
    if (running === undefined) return;
    const { preStop } = container.lifecycle ?? {};
    killing ??= endProcess(running, graceMs, async (over) => {
      if (preStop !== undefined) await act(preStop, place, over);
    });
    if (graceMs === 0) running.signal('SIGKILL');
    await killing;
  };
  const isStopping = (): boolean => stopping.signal.aborted;

  /** Undefined where there was no process. */
  const runOnce = async (): Promise<Ending | undefined> => {
    try {
      running = await options.launch();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      state = { waiting: { reason: 'CreateContainerConfigError', message } };
      onChange();
      return undefined;
    }
    const process = running;
    const startedAt = timestamp();
    state = { running: { startedAt } };
    onChange();
    if (isStopping()) process.signal('SIGKILL');
    const over = new AbortController();
    const probing = runContainerProbes({
      ...{ container, signal: over.signal },
      // A process that only pretends has nothing to ask.
      attempt: async (probe, timeout) =>
        process.pid === undefined || (await act(probe, place, timeout)),
      onStarted: () => {
        started = true;
        tellStarted(undefined);
        onChange();
      },
      onReady: (isReady) => {
        ready = isReady;
        onChange();
      },
      onDead: ({ terminationGracePeriodSeconds: seconds }) => {
        void kill(seconds === undefined ? options.graceMs : seconds * 1000);
      },
    });
    const ending = await process.ended;
    over.abort();
    await probing;
    running = undefined;
    killing = undefined;
    ready = false;
    started = false;
    const reason = ending.exitCode === 0 ? 'Completed' : 'Error';
    state = { terminated: { ...ending, reason, startedAt, finishedAt: timestamp() } };
    onChange();
    return ending;
  };

  const pause = async (ms: number): Promise<void> => {
    await sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  };
  const keepRunning = async (): Promise<Ending | undefined> => {
    let pauseMs = 0;
    let ending: Ending | undefined;
    while (!isStopping()) {
      const begun = Date.now();
      ending = await runOnce();
      if (ending === undefined) {
        await pause(retryMs);
        continue;
      }
      if (isStopping() || !options.restarts(ending)) break;
      if (Date.now() - begun > resetAfterMs) pauseMs = 0;
      lastState = state;
      if (pauseMs > 0) {
        state = { waiting: { reason: 'CrashLoopBackOff', message: `back-off ${pauseMs}ms` } };
        onChange();
        await pause(pauseMs);
      }
      pauseMs = pauseMs === 0 ? firstPauseMs : Math.min(2 * pauseMs, longestPauseMs);
      restartCount++;
    }
    tellStarted(undefined);
    return ending;
  };

  const finished = keepRunning();
  return {
    status: () => ({
      name: container.name,
      image: container.image,
      imageID: container.image,
      ...(running?.pid === undefined ? {} : { containerID: `process://${running.pid}` }),
      ...{ ready, started, restartCount, state, lastState },
    }),
    pid: () => running?.pid,
    finished,
    started: startedOnce,
    stop: async (graceMs) => {
      stopping.abort();
      await kill(graceMs);
      await finished;
    },
  };
}
