// Compiles and evaluates CEL expressions by Google's implementation, in the environment in which
// Authorino does; its program is built once for each state of its sources.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentHash } from '../../../config/content-hash.ts';
import { ensureGoProgram, type GoProgram } from '../tools/go-program.ts';

export interface CelCase {
  readonly expression: string;
  /** Whether anything but a bool is refused. */
  readonly predicate?: boolean;
  /** `request`, `auth` and so on; those that are left out are empty. */
  readonly input?: Readonly<Record<string, unknown>>;
}

/** One of: it does not compile, it fails, it gives a value. */
export interface CelOutcome {
  readonly refused?: string;
  readonly failed?: string;
  readonly value?: unknown;
}

const sources = join(import.meta.dirname, 'program');
const version = contentHash(
  ['main.go', 'go.mod', 'go.sum'].map((file) => readFileSync(join(sources, file), 'utf8')).join(),
);
const program: GoProgram = {
  name: 'cel',
  version,
  variable: 'TEST_CEL',
  takes: 'half a minute',
  module: sources,
  build: (result) => ['build', '-trimpath', '-o', join(result, 'cel'), '.'],
};

/** The outcome of each, in order. Rejects where the program cannot be had. */
export async function evaluateCel(cases: readonly CelCase[]): Promise<readonly CelOutcome[]> {
  const path = await ensureGoProgram(program, (line) => {
    process.stderr.write(`${line}\n`);
  });
  const child = spawn(path, { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.end(JSON.stringify(cases));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`the CEL program ended with ${String(code)}`);
  return JSON.parse(output) as CelOutcome[];
}
