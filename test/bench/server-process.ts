// One server process of the benchmark: started, waited for until its port answers, ended by its pid.
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const startTimeoutMs = 20_000;
const stopTimeoutMs = 5_000;
const logTail = 4_000;

export interface ServerProcess {
  readonly pid: number;
  /** The last of what it wrote to stderr, for a message when something goes wrong. */
  log(): string;
  /** SIGTERM, and SIGKILL when that is not heard. */
  stop(): Promise<void>;
}

/** Starts a program and resolves when 127.0.0.1:`port` takes connections. */
export async function startServer(options: {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
}): Promise<ServerProcess> {
  const child = spawn(options.command, options.args, {
    // The open stdin tells the Go programs that the harness is still there. What the router logs
    // for each request is written, but reading it would be work for this process.
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { ...process.env, LOG_LEVEL: 'info', LOG_FORMAT: 'json' },
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-logTail);
  };
  child.stderr.on('data', collect);
  let ended = false;
  const exited = new Promise<void>((resolve) => {
    const end = (): void => {
      ended = true;
      resolve();
    };
    child.once('close', end);
    child.once('error', (error) => {
      output += error.message;
      end();
    });
  });
  const stop = async (): Promise<void> => {
    if (ended) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await exited;
    clearTimeout(timer);
  };

  const deadline = Date.now() + startTimeoutMs;
  while (!(await answers(options.port))) {
    // `ended` changes in callbacks while this loop sleeps.
    if (hasEnded() || Date.now() > deadline) {
      await stop();
      throw new Error(`${options.name} did not start:\n${output}`);
    }
    await sleep(50);
  }
  return { pid: child.pid ?? -1, log: () => output, stop };

  function hasEnded(): boolean {
    return ended;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
