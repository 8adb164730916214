// One long-running program of a test: started, waited for, ended by its pid. Knows no program.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunningProgram {
  readonly pid: number;
  /** Everything that it wrote, for a failing test's message. */
  output(): string;
  hasEnded(): boolean;
  /** Ends it by the signal, and by SIGKILL if it is not gone after `graceMs` (15 s). */
  end(signal?: 'SIGTERM' | 'SIGKILL', graceMs?: number): Promise<void>;
}

/** Rejects when there is no such program. Variables come beside those of this process. */
export async function startProgram(
  path: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<RunningProgram> {
  const child = spawn(path, args, {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  // A test run that is cut short leaves no servers behind.
  const killAtExit = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', killAtExit);
  void closed.then(() => process.off('exit', killAtExit));
  return {
    pid: child.pid ?? -1,
    output: () => output,
    hasEnded,
    end: async (signal = 'SIGKILL', graceMs = 15_000) => {
      if (!hasEnded()) child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** Resolves when the check holds; rejects with the program's output when it ends or takes too long. */
export async function waitUntilReady(
  name: string,
  program: RunningProgram,
  isReady: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isReady().catch(() => false))) {
    if (program.hasEnded() || Date.now() > deadline) {
      await program.end();
      throw new Error(`${name} did not start:\n${program.output().slice(-4000)}`);
    }
    await sleep(50);
  }
}
