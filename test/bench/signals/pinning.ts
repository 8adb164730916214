// Which core is whose: the router gets one for itself, all others share the rest, so that what the
// router does is slowed by itself alone.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Pinning {
  /** Put before the command of the router; empty where nothing is pinned. */
  readonly routerCommand: readonly string[];
  /** Put before the command of a router that may use every core. */
  readonly everyCoreCommand: readonly string[];
  /** For the report: who runs where. */
  readonly sentence: string;
}

const unpinned = { routerCommand: [], everyCoreCommand: [] } as const;

/** Splits the cores that a process may use, such as `0-3,8`; undefined where there is only one. */
export function splitCores(
  allowed: string,
): { readonly router: number; readonly others: readonly number[] } | undefined {
  const cores = allowed
    .trim()
    .split(',')
    .flatMap((range) => {
      const [first = NaN, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
  const [router, ...others] = cores;
  return router === undefined || others.length === 0 ? undefined : { router, others };
}

/**
 * Moves this process to the cores of the others, which every process that it starts inherits. The
 * cleanup moves it back.
 */
export async function pinOthers(cleanup: AsyncDisposableStack): Promise<Pinning> {
  const status = await readFile('/proc/self/status', 'utf8');
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '';
  const cores = splitCores(allowed);
  if (cores === undefined) return { ...unpinned, sentence: 'nothing is pinned: one core' };
  const move = (list: string): Promise<unknown> =>
    run('taskset', ['--all-tasks', '--cpu-list', '--pid', list, String(process.pid)]);
  try {
    await move(cores.others.join(','));
  } catch {
    return { ...unpinned, sentence: 'nothing is pinned: there is no `taskset`' };
  }
  cleanup.defer(async () => {
    await move(allowed);
  });
  return {
    routerCommand: ['taskset', '--cpu-list', String(cores.router)],
    everyCoreCommand: ['taskset', '--cpu-list', allowed],
    sentence:
      `the router with all its threads on core ${cores.router}, where nothing else is said; ` +
      `Envoy, backend and load on ${cores.others.join(', ')}`,
  };
}
