// Envoy as a child process of `npm start`: started from a bootstrap file, watched, ended.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface EnvoyProcess {
  readonly pid: number;
  /** Resolves with a sentence when Envoy ends without having been asked to. */
  readonly failed: Promise<string>;
  /** Ends it: politely first, by force after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

export interface EnvoyProcessOptions {
  readonly binary: string;
  readonly bootstrapFile: string;
  readonly adminUrl: string;
  /** Worker threads of Envoy. */
  readonly concurrency: number;
  /** Each line that Envoy writes: its access log, and its warnings. */
  readonly onLine: (line: string) => void;
  /** How long Envoy may take to become ready. */
  readonly startTimeoutMs: number;
}

/** Starts Envoy and resolves when it takes requests; rejects with what it said when it does not. */
export async function startEnvoyProcess(options: EnvoyProcessOptions): Promise<EnvoyProcess> {
  const child = spawn(
    options.binary,
    [
      ...['-c', options.bootstrapFile, '--concurrency', String(options.concurrency)],
      ...['--log-level', 'warning', '--disable-hot-restart'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const lastLines: string[] = [];
  const onLine = (line: string): void => {
    lastLines.push(line);
    if (lastLines.length > 20) lastLines.shift();
    options.onLine(line);
  };
  child.stdout.on('data', lineSplitter(onLine));
  child.stderr.on('data', lineSplitter(onLine));
  let stopping = false;
  let ended = false as boolean; // set in callbacks, which the compiler does not follow
  const exit = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      ended = true;
      resolve(`Envoy (${options.binary}) could not be started: ${error.message}`);
    });
    child.once('close', (code, signal) => {
      ended = true;
      resolve(
        `Envoy ended by itself (${signal ?? `exit code ${code ?? '?'}`}): ${lastLines.join(' | ')}`,
      );
    });
  });
  const failed = new Promise<string>((resolve) => {
    void exit.then((sentence) => {
      if (!stopping) resolve(sentence);
    });
  });
  const stop = async (graceMs: number): Promise<void> => {
    stopping = true;
    if (ended) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await exit;
    clearTimeout(timer);
  };

  const deadline = Date.now() + options.startTimeoutMs;
  while (!(await isReady(options.adminUrl))) {
    if (ended) throw new Error(await exit);
    if (Date.now() > deadline) {
      await stop(1000);
      throw new Error(`Envoy was not ready in time: ${lastLines.join(' | ')}`);
    }
    await sleep(50);
  }
  return { pid: child.pid ?? -1, failed, stop };
}

async function isReady(adminUrl: string): Promise<boolean> {
  try {
    const reply = await fetch(`${adminUrl}/ready`);
    await reply.arrayBuffer();
    return reply.status === 200;
  } catch {
    return false;
  }
}

function lineSplitter(onLine: (line: string) => void): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  };
}
