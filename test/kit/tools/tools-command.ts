// `npm run tools` as a person meets it, for its tests: the command with an empty cache and a PATH
// that has nothing but the scripts that the test puts there.
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ToolsCommand {
  /** A path in the test's own folder; programs are found in `bin`, the cache is `cache`. */
  path(...names: string[]): string;
  /** Runs the command. */
  run(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<{ code: number | null; stdout: string; stderr: string }>;
  /** Puts a program, written in JavaScript, on the PATH. */
  program(name: string, javascript: string): Promise<void>;
  remove(): Promise<void>;
}

export async function createToolsCommand(): Promise<ToolsCommand> {
  const directory = await mkdtemp(join(tmpdir(), 'srm-tools-'));
  const path = (...names: string[]): string => join(directory, ...names);
  await mkdir(path('bin'));
  return {
    path,
    run: (args, env = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
          env: { PATH: path('bin'), XDG_CACHE_HOME: path('cache'), ...env },
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let stdout = '';
        let stderr = '';
        child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
        child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
        child.once('error', reject);
        child.once('close', (code) => {
          resolve({ code, stdout, stderr });
        });
      }),
    program: async (name, javascript) => {
      await writeFile(path('bin', name), `#!${process.execPath}\n${javascript}`);
      await chmod(path('bin', name), 0o755);
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
