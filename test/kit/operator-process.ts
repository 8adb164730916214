// The operator for tests: a process of its own on a real control plane, with exactly the rights that
// the chart grants. For who wants to see what it does, and to kill it.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ControlPlane } from './control-plane.ts';
import { renderChart } from './helm.ts';
import { freePorts } from './ports.ts';

const cli = join(import.meta.dirname, '..', '..', 'cli.ts');

/** Namespace of the operator, and the name of its ServiceAccount and Lease. */
export const operatorNamespace = 'system';

const kinds = new Set([
  'CustomResourceDefinition',
  'ServiceAccount',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
]);

/** Applies what the chart grants, and the CRD; resolves with a token of the operator's account. */
export async function installRights(cluster: ControlPlane, values: object = {}): Promise<string> {
  await cluster.createNamespace(operatorNamespace);
  const objects = (await renderChart(values)).filter(({ kind }) => kinds.has(kind));
  const input = objects.map((object) => stringify(object)).join('---\n');
  // The chart names the namespaces itself.
  await cluster.kubectl(['apply', '--server-side', '-f', '-'], { input });
  await cluster.kubectl([
    ...['wait', '--for=condition=Established', '--timeout=30s'],
    'crd/semanticroutermaas.semantic-router.io',
  ]);
  const account = objects.find(({ kind }) => kind === 'ServiceAccount');
  return cluster.serviceAccountToken(operatorNamespace, account?.metadata.name ?? '');
}

export interface OperatorProcess {
  readonly pid: number;
  readonly metricsUrl: string;
  readonly healthUrl: string;
  /** Everything that it logged. */
  log(): string;
  /** Resolves when its caches are filled; leadership may come later. */
  ready(): Promise<void>;
  /** Resolves with its exit code, or with the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** SIGTERM; or SIGKILL, when it has no chance to tidy up. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Starts it and resolves at once. */
export async function launchOperatorProcess(
  cluster: ControlPlane,
  token: string,
  args: readonly string[] = [],
  nodeArgs: readonly string[] = [],
): Promise<OperatorProcess> {
  const [metrics = 0, health = 0] = await freePorts(2);
  const child = spawn(
    process.execPath,
    [
      ...nodeArgs,
      ...[cli, 'operator', '--kubeconfig', await cluster.kubeconfig(token)],
      ...['--router-image', 'router:test', '--envoy-image', 'envoy:test'],
      ...['--lease-namespace', operatorNamespace, '--lease-name', 'demo-semantic-router-maas'],
      ...['--metrics', `127.0.0.1:${metrics}`, '--health', `127.0.0.1:${health}`],
      ...args,
    ],
    {
      env: { PATH: '', LOG_FORMAT: 'json', POD_NAME: `operator-${health}` },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      resolve(code ?? signal ?? 'unknown');
    });
  });
  const healthUrl = `http://127.0.0.1:${health}`;
  const ready = async (): Promise<void> => {
    for (let waited = 0; !(await answers(`${healthUrl}/readyz`)); waited += 50) {
      if (child.exitCode !== null || waited > 60_000) {
        child.kill('SIGKILL');
        throw new Error(`The operator is not ready:\n${output}`);
      }
      await sleep(50);
    }
  };
  return {
    pid: child.pid ?? -1,
    metricsUrl: `http://127.0.0.1:${metrics}`,
    healthUrl,
    log: () => output,
    ready,
    ended,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await ended;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const reply = await fetch(url);
    await reply.arrayBuffer();
    return reply.ok;
  } catch {
    return false;
  }
}
