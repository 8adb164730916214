// A real redis-server for tests, in memory only: it can be killed and started again on its port, and
// be made to hang.
import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from './ports.ts';

export interface RedisServer {
  readonly port: number;
  /** Ends it at once; its data is gone. */
  kill(): Promise<void>;
  /** Starts it again on its port. */
  restart(): Promise<void>;
  /** Stops it in its tracks: connections stay, nothing is answered. */
  freeze(): void;
  /** Lets it go on. */
  thaw(): void;
  stop(): Promise<void>;
}

export async function startRedisServer(options: {
  readonly binary: string;
  readonly password?: string;
}): Promise<RedisServer> {
  const [port = 0] = await freePorts(1);
  let child = await start(options, port);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await closed;
  };
  return {
    port,
    kill,
    restart: async () => {
      await kill();
      child = await start(options, port);
    },
    freeze: () => {
      child.kill('SIGSTOP');
    },
    thaw: () => {
      child.kill('SIGCONT');
    },
    stop: kill,
  };
}

async function start(
  { binary, password }: { readonly binary: string; readonly password?: string },
  port: number,
): Promise<ChildProcess> {
  const child = spawn(
    binary,
    [
      ...['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      ...(password === undefined ? [] : ['--requirepass', password]),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  child.once('error', (error) => {
    output += error.message;
  });
  const deadline = Date.now() + 20_000;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`redis-server did not start\n${output}`);
    }
    await sleep(10);
  }
  return child;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', done(true));
    socket.once('error', done(false));
  });
}
