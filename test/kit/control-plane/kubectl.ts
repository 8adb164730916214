// The real kubectl, for tests.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { clusterProgramPath } from '../tools/kubernetes.ts';

/** Resolves with its standard output; rejects with its other one when it fails. */
export async function runKubectl(
  args: readonly string[],
  options: {
    readonly kubeconfig: string;
    /** Its home, where it keeps what it has learnt of the API. */
    readonly directory: string;
    readonly input?: string | undefined;
    /** Ends it, whatever it is waiting for. */
    readonly signal: AbortSignal;
  },
): Promise<string> {
  const { kubeconfig, directory, input = '', signal } = options;
  const program = await clusterProgramPath('kubectl');
  const flags = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${join(directory, 'kubectl')}`];
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...flags, ...args], {
      env: { HOME: directory, PATH: process.env['PATH'] },
      ...{ signal, killSignal: 'SIGKILL' },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`kubectl ${args.join(' ')}: ${stderr}`));
    });
    // It may end without having read all.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
