// `npm start` for tests, as a process of its own on free ports, and what its banner says to try.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePorts } from './ports.ts';

const sh = promisify(execFile);

export interface Started {
  readonly child: ChildProcess;
  readonly ports: {
    readonly envoy: number;
    readonly metrics: number;
    readonly admin: number;
    readonly extProc: number;
  };
  output(): string;
  readonly exit: Promise<number | NodeJS.Signals | null>;
}

/** Starts it; it may still be on its way. `env` is added to the environment, `args` to the arguments. */
export async function startLocally(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const [envoy = 0, metrics = 0, admin = 0, extProc = 0] = await freePorts(4);
  const child = spawn(
    process.execPath,
    [
      ...['cli.ts', 'run', '--port', String(envoy), '--metrics-port', String(metrics)],
      ...['--admin-port', String(admin), '--ext-proc-port', String(extProc), ...args],
    ],
    { env: { ...process.env, LOG_FORMAT: 'json', ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const exit = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => {
      resolve(code ?? signal);
    });
  });
  return { child, ports: { envoy, metrics, admin, extProc }, output: () => output, exit };
}

/** Resolves once it has printed its banner; rejects with what it printed where it ends before. */
export async function ready(of: Started): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!of.output().includes('Ctrl-C ends everything.')) {
    if (of.child.exitCode !== null || Date.now() > deadline) {
      throw new Error(`npm start did not get ready:\n${of.output()}`);
    }
    await sleep(50);
  }
}

/** The commands of the banner, each as one line for a shell. */
export function commandsOf(banner: string): readonly string[] {
  const text = banner.slice(banner.indexOf('Try:')).replaceAll(/ \\\n\s+/g, ' ');
  return text.split('\n').flatMap((line) => {
    const command = line.trim();
    return command.startsWith('curl ') ? [command] : [];
  });
}

/** What a command prints to its standard output. */
export const run = async (command: string): Promise<string> =>
  (await sh('sh', ['-c', command])).stdout;
