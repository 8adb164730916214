// What preparing tools depends on of this machine, and running its programs.
import { spawn } from 'node:child_process';

/** Tells the user what is going on: one line, no newline. */
export type Report = (line: string) => void;

export interface Machine {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** As `process.platform`. */
  readonly platform: string;
  /** As `process.arch`. */
  readonly arch: string;
}

export const thisMachine: Machine = process;

export interface Outcome {
  /** Undefined: there is no such program. Null: it was ended by a signal. */
  readonly code: number | null | undefined;
  /** What it wrote on either stream. */
  readonly output: string;
}

/** Runs a program to its end. Never rejects. */
export function run(
  machine: Machine,
  program: string,
  args: readonly string[],
  cwd?: string,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: machine.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error: NodeJS.ErrnoException) => {
      resolve({ code: error.code === 'ENOENT' ? undefined : 126, output: error.message });
    });
    child.once('close', (code) => {
      resolve({ code, output });
    });
  });
}

/** The last line of an output that tells something, without its full stop. */
export function lastLine(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return (lines.findLast((line) => line !== '') ?? 'nothing').replace(/\.$/, '');
}
