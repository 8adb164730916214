// One process that stands for a container: in a process group of its own, so that nothing that it
// started outlives it.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface Command {
  /** Program and arguments. */
  readonly argv: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly onOutput: (text: string) => void;
}

export interface Ending {
  readonly exitCode: number;
  /** Number of the signal that ended it. */
  readonly signal?: number;
}

export interface LocalProcess {
  /** Undefined where nothing runs, as for a program that only pretends. */
  readonly pid: number | undefined;
  readonly ended: Promise<Ending>;
  /** SIGTERM goes to the process, SIGKILL to all that it started as well. */
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
}

// A test run that is cut short leaves no processes behind.
const killAtExit = new Set<() => void>();
process.once('exit', () => {
  for (const kill of killAtExit) kill();
});

/** A program that cannot be started ends with 127, and says why in its output. */
export function startLocalProcess({ argv, env, cwd, onOutput }: Command): LocalProcess {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  const collect = (chunk: Buffer): void => {
    onOutput(chunk.toString());
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const killGroup = (): void => {
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // all gone already
    }
  };
  killAtExit.add(killGroup);
  const ended = new Promise<Ending>((resolve) => {
    child.once('error', (error) => {
      killAtExit.delete(killGroup);
      onOutput(`${error.message}\n`);
      resolve({ exitCode: 127 });
    });
    child.once('exit', (code, signal) => {
      killGroup();
      killAtExit.delete(killGroup);
      const number = signal === null ? undefined : constants.signals[signal];
      resolve(
        number === undefined ? { exitCode: code ?? 0 } : { exitCode: 128 + number, signal: number },
      );
    });
  });
  return {
    pid,
    ended,
    signal: (name) => {
      if (name === 'SIGKILL') killGroup();
      else child.kill(name);
    },
  };
}

/** Nothing runs, until it is told to end; what `close` lets go of is gone before it has ended. */
export function pretendProcess(close: () => Promise<void> = () => Promise.resolve()): LocalProcess {
  const { promise: told, resolve: tell } = Promise.withResolvers<undefined>();
  return {
    pid: undefined,
    ended: told.then(close).then(() => ({ exitCode: 0 })),
    signal: () => {
      tell(undefined);
    },
  };
}

/** What a process has at least after its preStop hook. */
const leastGraceMs = 2000;

/** preStop, SIGTERM, and SIGKILL when the grace period, which counts from the hook on, is over. */
export async function endProcess(
  target: LocalProcess,
  graceMs: number,
  preStop: (over: AbortSignal) => Promise<void>,
): Promise<void> {
  const deadline = Date.now() + graceMs;
  if (graceMs > 0) {
    const over = new AbortController();
    const timer = setTimeout(() => {
      over.abort();
    }, graceMs);
    // A process that only pretends has nothing to prepare for.
    if (target.pid !== undefined) await Promise.race([preStop(over.signal), target.ended]);
    clearTimeout(timer);
    over.abort();
    target.signal('SIGTERM');
  }
  const left = graceMs === 0 ? 0 : Math.max(deadline - Date.now(), leastGraceMs);
  const timer = setTimeout(() => {
    target.signal('SIGKILL');
  }, left);
  await target.ended;
  clearTimeout(timer);
}
