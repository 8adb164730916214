// Puts discovery files in place, one after the other, each only when Envoy works by the one before.
// Knows nothing of what they say.
import type { DiscoveryFile } from '../../config/envoy/resources.ts';
import type { Log } from '../ports.ts';
import { discoveryStats, type EnvoyAdmin } from './envoy-admin.ts';
import { replaceFile } from './envoy-files.ts';

/** A file to put in place. */
export interface Step {
  readonly file: DiscoveryFile;
  /** The prefix of the statistics that tell of it, see `discoveryStats`. */
  readonly stats: string;
}

export interface Publisher {
  /** Puts the files in place without waiting, for an Envoy that does not run yet. */
  write(steps: readonly Step[]): Promise<void>;
  /**
   * Puts the files in place in order and waits for Envoy after each; one that it works by already
   * costs nothing. When one fails, those before it are put back and the promise rejects with a
   * sentence.
   */
  publish(steps: readonly Step[]): Promise<void>;
}

export interface PublisherOptions {
  readonly directory: string;
  readonly admin: EnvoyAdmin;
  readonly log: Log;
  readonly timeoutSeconds: number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

// Envoy shows a version when its main thread has taken it; the workers learn of it in their next
// turn, which a busy one may be late for: with 25 ms, on two cores that nine programs wanted, one
// request in some thousands went where the model had been before.
const workersTurnMs = 50;

export function createPublisher(options: PublisherOptions): Publisher {
  const { directory, log } = options;
  /** What Envoy works by, by file name. */
  const agreed = new Map<string, Step>();

  const publishOne = async (step: Step): Promise<void> => {
    const { fileName, version, content } = step.file;
    if (agreed.get(fileName)?.file.version === version) return;
    agreed.delete(fileName);
    const before = await options.admin.status();
    await replaceFile(directory, fileName, content);
    await untilTaken(step, before?.files.get(step.stats)?.refusals ?? 0, options);
    agreed.set(fileName, step);
  };

  const putBack = async (steps: readonly Step[]): Promise<void> => {
    for (const step of steps) {
      try {
        await publishOne(step);
      } catch (error) {
        const { fileName } = step.file;
        log.error('the previous Envoy configuration could not be put back', { fileName, error });
      }
    }
  };

  return {
    write: async (steps) => {
      for (const step of steps) {
        await replaceFile(directory, step.file.fileName, step.file.content);
        agreed.set(step.file.fileName, step);
      }
    },
    publish: async (steps) => {
      const undo: Step[] = [];
      for (const step of steps) {
        const previous = agreed.get(step.file.fileName);
        if (previous !== undefined) undo.unshift(previous);
        try {
          await publishOne(step);
        } catch (error) {
          await putBack(undo);
          throw error;
        }
      }
    },
  };
}

async function untilTaken(
  { file: { fileName, version }, stats }: Step,
  refusalsBefore: number,
  options: PublisherOptions,
): Promise<void> {
  const { admin, sleep, now, timeoutSeconds } = options;
  const deadline = now() + timeoutSeconds * 1000;
  for (let delayMs = 2; ; delayMs = Math.min(delayMs * 2, 100)) {
    const status = await admin.status();
    const seen = status?.files.get(stats);
    const warming = stats === discoveryStats.clusters ? (status?.warmingClusters ?? 0) : 0;
    if (seen?.version === version && warming === 0) break;
    if (seen !== undefined && seen.refusals > refusalsBefore) {
      throw new Error(`Envoy refused ${fileName} version ${version}; its log has the reason`);
    }
    if (now() > deadline) {
      throw new Error(
        `Envoy did not take ${fileName} version ${version} within ${timeoutSeconds} s: ` +
          whyNot(status === undefined, seen?.version, warming),
      );
    }
    await sleep(delayMs);
  }
  await sleep(workersTurnMs);
}

function whyNot(silent: boolean, version: string | undefined, warming: number): string {
  if (silent) return 'its admin interface does not answer';
  if (warming > 0) return `${warming} of its clusters are not ready`;
  return `it works by version ${version ?? 'none'}`;
}
