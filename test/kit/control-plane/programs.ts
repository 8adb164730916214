// The programs of a control plane in a test: started in their order, ended in the reverse.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../ports.ts';
import { startApiServer, startControllerManager } from './api-server.ts';
import { writeCredentials, writeKubeconfig, type Credentials, type User } from './credentials.ts';
import { startDelayProxy, type DelayProxy } from './delay-proxy.ts';
import { startEtcd, type Etcd } from './etcd.ts';
import type { RunningProgram } from './program.ts';

export interface ControlPlanePrograms {
  readonly url: string;
  /** For files; gone after `stop`. */
  readonly directory: string;
  readonly credentials: Credentials;
  readonly auditFile: string;
  readonly etcd: Etcd;
  /** Between the API server and etcd. */
  readonly etcdProxy: DelayProxy;
  /** Ends the API server; `start` brings it back to the same address. */
  endApiServer(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  startApiServer(): Promise<void>;
  stop(): Promise<void>;
}

const controllerManagerUser = 'system:kube-controller-manager';

export async function startPrograms(options: {
  readonly users: readonly User[];
  readonly hasControllerManager: boolean;
}): Promise<ControlPlanePrograms> {
  const { hasControllerManager } = options;
  const directory = await mkdtemp(join(tmpdir(), 'srm-control-plane-'));
  const stops: (() => Promise<void>)[] = [() => rm(directory, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const credentials = await writeCredentials(directory, [
      { name: controllerManagerUser, groups: ['system:masters'] },
      ...options.users,
    ]);
    const etcd = await startEtcd(directory);
    stops.push(() => etcd.stop());
    const etcdProxy = await startDelayProxy(etcd.port);
    stops.push(() => etcdProxy.stop());
    const port = await freePort();
    const auditFile = join(directory, 'audit.log');
    const start = (): Promise<RunningProgram> =>
      startApiServer({
        ...{ directory, port, credentials, auditFile, hasControllerManager },
        etcdPort: etcdProxy.port,
      });
    let apiServer = await start();
    // Before etcd, without which it would take minutes to end.
    stops.push(() => apiServer.end());
    const url = `https://127.0.0.1:${port}`;
    if (hasControllerManager) {
      const token = credentials.tokens[controllerManagerUser] ?? '';
      const file = join(directory, 'controller-manager.json');
      const kubeconfig = await writeKubeconfig(file, { url, ca: credentials.ca, token });
      const manager = await startControllerManager({ kubeconfig, credentials });
      stops.push(() => manager.end());
    }
    return {
      ...{ url, directory, credentials, auditFile, etcd, etcdProxy, stop },
      endApiServer: (signal) => apiServer.end(signal),
      startApiServer: async () => {
        apiServer = await start();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
