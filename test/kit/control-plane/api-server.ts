// A real kube-apiserver and kube-controller-manager for tests, on loopback.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent, fetch } from 'undici';
import { clusterProgramPath } from '../tools/kubernetes.ts';
import { auditPolicy } from './audit.ts';
import { readinessUser, type Credentials } from './credentials.ts';
import { startProgram, waitUntilReady, type RunningProgram } from './program.ts';

export interface ApiServerOptions {
  readonly directory: string;
  readonly port: number;
  readonly etcdPort: number;
  readonly credentials: Credentials;
  readonly auditFile: string;
  /** Without a controller manager nobody creates the ServiceAccounts that pods then need. */
  readonly hasControllerManager: boolean;
}

/** Resolves once it is ready, which takes about three seconds. */
export async function startApiServer(options: ApiServerOptions): Promise<RunningProgram> {
  const { directory, port, etcdPort, credentials } = options;
  const policyFile = join(directory, 'audit-policy.json');
  await writeFile(policyFile, JSON.stringify(auditPolicy));
  const program = await startProgram(await clusterProgramPath('kube-apiserver'), [
    ...[`--etcd-servers=http://127.0.0.1:${etcdPort}`, `--secure-port=${port}`],
    ...['--bind-address=127.0.0.1', '--endpoint-reconciler-type=none'],
    ...[`--tls-cert-file=${credentials.certFile}`, `--tls-private-key-file=${credentials.keyFile}`],
    ...[`--cert-dir=${directory}`, '--service-cluster-ip-range=10.0.0.0/16'],
    ...[`--token-auth-file=${credentials.tokenFile}`, '--authorization-mode=RBAC'],
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${credentials.serviceAccountPublicFile}`,
    `--service-account-signing-key-file=${credentials.serviceAccountKeyFile}`,
    ...[`--audit-policy-file=${policyFile}`, `--audit-log-path=${options.auditFile}`],
    ...['--allow-privileged=true', '--profiling=false'],
    // Without it, a graceful end waits a minute for whoever watches.
    '--shutdown-watch-termination-grace-period=1s',
    ...(options.hasControllerManager ? [] : ['--disable-admission-plugins=ServiceAccount']),
  ]);
  const agent = new Agent({ connect: { ca: credentials.ca } });
  const headers = { authorization: `Bearer ${credentials.tokens[readinessUser.name] ?? ''}` };
  try {
    await waitUntilReady('kube-apiserver', program, async () => {
      const url = `https://127.0.0.1:${port}/readyz`;
      const reply = await fetch(url, { dispatcher: agent, headers });
      await reply.text();
      return reply.ok;
    });
  } finally {
    await agent.destroy();
  }
  return program;
}

/** Its kubeconfig must be that of a `system:masters`, or it silently creates nothing. */
export async function startControllerManager(options: {
  readonly kubeconfig: string;
  readonly credentials: Credentials;
}): Promise<RunningProgram> {
  const { kubeconfig, credentials } = options;
  return startProgram(await clusterProgramPath('kube-controller-manager'), [
    ...[`--kubeconfig=${kubeconfig}`, '--secure-port=0', '--leader-elect=false'],
    `--service-account-private-key-file=${credentials.serviceAccountKeyFile}`,
    ...[`--root-ca-file=${credentials.caFile}`, '--profiling=false'],
    // Its defaults of 20 a second are for clusters that are shared.
    ...['--kube-api-qps=500', '--kube-api-burst=1000'],
  ]);
}
