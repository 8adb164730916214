// A new file content to a Runtime in force: parse, check, compile, then swap. A bad file changes
// nothing but the status.
import { contentHash } from '../../config/content-hash.ts';
import { formatProblem, parseConfig } from '../../config/parse.ts';
import type { RouterConfig } from '../../config/schema/index.ts';
import type { MaybePromise } from '../domain/http.ts';
import type { Clock, Log } from '../ports.ts';
import type { CandidateStore } from './candidate-store.ts';
import { compileRuntime } from './compile.ts';
import type { CurrentRuntime } from './current.ts';
import { loadSignalParts } from './load-signal-parts.ts';
import type { Runtime } from './runtime.ts';

/** What `/config` tells of the configuration, beside the Runtime in force. */
export interface ReloadStatus {
  /** The last content that was refused; undefined when the newest is in force. */
  readonly rejected:
    | { readonly atMs: number; readonly hash: string; readonly problems: readonly string[] }
    | undefined;
  readonly warnings: readonly string[];
}

export type Loaded =
  | { readonly ok: true; readonly runtime: Runtime; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly hash: string; readonly problems: readonly string[] };

export interface LoadOptions {
  /** The file's name, for problems. */
  readonly path: string;
  readonly clock: Clock;
  /** Changes the parsed configuration before it is compiled; `npm start` points it at this machine. */
  readonly adjust?: ((config: RouterConfig) => MaybePromise<RouterConfig>) | undefined;
  /** Makes vectors of the examples that signals compare prompts with; left out without a model. */
  readonly candidates?: CandidateStore | undefined;
}

export async function loadRuntime(bytes: Uint8Array, options: LoadOptions): Promise<Loaded> {
  const { path, clock, adjust, candidates } = options;
  const hash = contentHash(bytes);
  const parsed = parseConfig(bytes, path);
  if (!parsed.ok) return { ok: false, hash, problems: parsed.problems.map(formatProblem) };
  try {
    const config = adjust === undefined ? parsed.config : await adjust(parsed.config);
    const parts = await loadSignalParts(config, candidates);
    const runtime = compileRuntime({ config, hash, loadedAtMs: clock.now(), parts });
    return { ok: true, runtime, warnings: parsed.warnings.map(formatProblem) };
  } catch (error) {
    return { ok: false, hash, problems: [`${path}: ${sentence(error)}`] };
  }
}

export interface Reloader {
  /** Takes new content. Never rejects: a failure is in the status, the metrics and the log. */
  reload(bytes: Uint8Array): Promise<void>;
  status(): ReloadStatus;
}

export interface ReloaderDeps extends LoadOptions {
  readonly current: CurrentRuntime;
  readonly log: Log;
  readonly warnings: readonly string[];
  readonly metrics: {
    loaded(config: { readonly hash: string; readonly atMs: number }): void;
    refused(): void;
  };
  /**
   * Brings what stands around the router in step with `next`, and calls `swap` at the right moment;
   * rejects when that cannot be done, and then nothing has changed.
   */
  readonly apply: (change: RuntimeChange) => Promise<void>;
}

export interface RuntimeChange {
  readonly next: Runtime;
  /** Puts `next` in force; resolves when the last stream of the previous Runtime has ended. */
  readonly swap: () => Promise<void>;
}

export function createReloader(deps: ReloaderDeps): Reloader {
  const { apply, clock, current, log, metrics, path } = deps;
  let status: ReloadStatus = { rejected: undefined, warnings: deps.warnings };

  const refuse = (hash: string, problems: readonly string[]): void => {
    status = { ...status, rejected: { atMs: clock.now(), hash, problems } };
    metrics.refused();
    log.error('configuration refused, the last good one stays', { path, hash, problems });
  };

  const reload = async (bytes: Uint8Array): Promise<void> => {
    const loaded = await loadRuntime(bytes, deps);
    if (!loaded.ok) {
      refuse(loaded.hash, loaded.problems);
      return;
    }
    const { runtime: next, warnings } = loaded;
    if (next.hash !== current.runtime.hash) {
      try {
        await apply({ next, swap: () => current.swap(next) });
      } catch (error) {
        refuse(next.hash, [sentence(error)]);
        return;
      }
    }
    status = { rejected: undefined, warnings };
    metrics.loaded({ hash: next.hash, atMs: next.loadedAtMs });
    log.info('configuration loaded', { path, hash: next.hash, warnings });
  };

  let queue = Promise.resolve();
  return {
    reload: (bytes) => {
      queue = queue.then(() => reload(bytes));
      return queue;
    },
    status: () => status,
  };
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
