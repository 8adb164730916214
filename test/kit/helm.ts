// Runs the real Helm on a chart, with nothing of this machine's own settings.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { helmPath } from './tools/helm.ts';

/** The operator's chart. */
export const chartFolder = fileURLToPath(
  new URL('../../charts/semantic-router-maas/', import.meta.url),
);

export interface HelmOptions {
  /** Path of the kubeconfig of the cluster; none for what needs no cluster. */
  readonly kubeconfig?: string;
  /** Standard input, such as values for `--values -`. */
  readonly input?: string;
}

/** Resolves with what Helm prints; rejects with what it complains of. */
export async function helm(args: readonly string[], options: HelmOptions = {}): Promise<string> {
  const program = await helmPath();
  const home = await mkdtemp(join(tmpdir(), 'srm-helm-'));
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        env: { HOME: home, PATH: '', KUBECONFIG: options.kubeconfig ?? join(home, 'none') },
      });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      child.once('error', reject);
      child.once('close', (code) => {
        if (code === 0) resolve(stdout);
        else reject(new Error(`helm ${args.join(' ')}: ${stderr}${stdout}`));
      });
      // It may end without having read all.
      child.stdin.on('error', () => undefined);
      child.stdin.end(options.input ?? '');
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** An object as a chart renders it. */
export interface RenderedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** Renders the chart as release `demo` in the namespace `system`, offline. */
export async function renderChart(
  values: object,
  apiVersions: readonly string[] = [],
): Promise<RenderedObject[]> {
  const text = await helm(
    [
      ...['template', 'demo', chartFolder, '--namespace', 'system', '--values', '-'],
      ...apiVersions.flatMap((version) => ['--api-versions', version]),
    ],
    { input: JSON.stringify(values) },
  );
  return parseAllDocuments(text)
    .map((document) => document.toJS() as RenderedObject | null)
    .filter((object) => object !== null);
}
