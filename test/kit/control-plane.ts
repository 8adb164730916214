// A real Kubernetes control plane for tests: etcd, kube-apiserver and kube-controller-manager on
// loopback, ready after about four seconds. No node: for pods that run, see kubelet/. Share one in a
// test file, and give each test a namespace.
import { join } from 'node:path';
import { createApiClient, type ApiClient } from './api-client.ts';
import { readAuditLog, type AuditedRequest } from './control-plane/audit.ts';
import { writeKubeconfig, type User } from './control-plane/credentials.ts';
import { runKubectl } from './control-plane/kubectl.ts';
import { startPrograms } from './control-plane/programs.ts';

export interface ControlPlaneOptions {
  /** Users with a token each, beside the administrator; RBAC says what they may. */
  readonly users?: readonly User[];
  /** Runs Deployments, garbage collection and so on; true by default. */
  readonly controllerManager?: boolean;
}

export interface ControlPlane {
  /** `https://127.0.0.1:PORT`; stays over a restart. */
  readonly url: string;
  /** Path of the certificate authority, and the same as PEM. */
  readonly caFile: string;
  readonly ca: string;
  /** Of `admin`, in the group `system:masters`. */
  readonly adminToken: string;
  /** As the administrator. */
  readonly client: ApiClient;
  /** Token of one of the users that were given. */
  token(user: string): string;
  /**
   * A token by TokenRequest for an existing ServiceAccount, good for an hour; for the API server
   * itself where no audiences are named.
   */
  serviceAccountToken(
    namespace: string,
    name: string,
    audiences?: readonly string[],
  ): Promise<string>;
  /** Path of a kubeconfig with the token; the administrator's by default. */
  kubeconfig(token?: string): Promise<string>;
  /** Runs the real kubectl, by default as the administrator. Rejects with what it says. */
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<string>;
  /** Creates the namespace, which can be used at once. */
  createNamespace(name: string, labels?: Readonly<Record<string, string>>): Promise<void>;
  /** Creates one that nobody else has; resolves with its name, `team-N`. */
  newNamespace(): Promise<string>;
  /** Applies files of CRDs server-side and waits until they are served. */
  applyCrds(files: readonly string[]): Promise<void>;
  /** Every request so far, but for the control plane's own reads. */
  requests(): Promise<AuditedRequest[]>;
  /** Ends the API server; SIGTERM lets it end what it has begun. */
  stopApiServer(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again where it was; watches that ask for what was before get 410. */
  startApiServer(): Promise<void>;
  /**
   * Forgets the history in etcd. The API server remembers it a while: restart it as well for
   * watches to notice.
   */
  compactEtcd(): Promise<void>;
  /** How long each of the API server's requests to etcd waits from now on; 0 at first. */
  delayEtcd(milliseconds: number): void;
  stop(): Promise<void>;
}

export interface KubectlOptions {
  readonly token?: string;
  /** Standard input, for `-f -`. */
  readonly input?: string;
}

const administrator: User = { name: 'admin', groups: ['system:masters'] };

export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const hasControllerManager = options.controllerManager ?? true;
  const programs = await startPrograms({
    users: [administrator, ...(options.users ?? [])],
    hasControllerManager,
  });
  const { url, directory, credentials } = programs;
  const { ca, caFile, tokens } = credentials;
  const token = (user: string): string => {
    const found = tokens[user];
    if (found === undefined) throw new Error(`There is no user ${user}.`);
    return found;
  };
  const adminToken = token(administrator.name);
  const client = createApiClient({ url, ca, token: adminToken });
  // Written once each: a kubectl may be reading it.
  const kubeconfigs = new Map<string, Promise<string>>();
  const kubeconfig = (of = adminToken): Promise<string> => {
    const file = join(directory, `kubeconfig-${kubeconfigs.size}.json`);
    const written = kubeconfigs.get(of) ?? writeKubeconfig(file, { url, ca, token: of });
    kubeconfigs.set(of, written);
    return written;
  };
  const stopping = new AbortController();
  const kubectl: ControlPlane['kubectl'] = async (args, { token: of, input } = {}) =>
    runKubectl(args, {
      ...{ kubeconfig: await kubeconfig(of), directory, input },
      signal: stopping.signal,
    });
  let namespaces = 0;
  const createNamespace: ControlPlane['createNamespace'] = async (name, labels = {}) => {
    await client.create('/api/v1/namespaces', { metadata: { name, labels } });
    if (!hasControllerManager) return;
    // Pods of a namespace are refused until it has this.
    const account = `/api/v1/namespaces/${name}/serviceaccounts/default`;
    while ((await client.find(account)) === undefined) await pause();
  };
  return {
    ...{ url, ca, caFile, adminToken, client, token, kubeconfig, kubectl },
    serviceAccountToken: async (namespace, name, audiences) => {
      const { status } = await client.create<{ readonly status: { readonly token: string } }>(
        `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
        { spec: { audiences } },
      );
      return status.token;
    },
    createNamespace,
    newNamespace: async () => {
      namespaces += 1;
      const name = `team-${namespaces}`;
      await createNamespace(name);
      return name;
    },
    applyCrds: async (files) => {
      const flags = files.flatMap((file) => ['-f', file]);
      await kubectl(['apply', '--server-side', '--force-conflicts', ...flags]);
      await untilServed(client, await kubectl(['get', '-o', 'json', ...flags]));
    },
    requests: () => readAuditLog(programs.auditFile),
    stopApiServer: (signal = 'SIGKILL') => programs.endApiServer(signal),
    startApiServer: () => programs.startApiServer(),
    compactEtcd: () => programs.etcd.compact(),
    delayEtcd: (milliseconds) => {
      programs.etcdProxy.setDelay(milliseconds);
    },
    stop: async () => {
      stopping.abort();
      await client.close();
      await programs.stop();
    },
  };
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
}

/** `kubectl wait` stumbles over a CRD that has no conditions yet, and discovery comes later still. */
async function untilServed(client: ApiClient, json: string): Promise<void> {
  const parsed = JSON.parse(json) as Crd | { readonly items: readonly Crd[] };
  for (const { spec } of 'items' in parsed ? parsed.items : [parsed]) {
    for (const { name, served } of spec.versions) {
      const path = `/apis/${spec.group}/${name}/${spec.names.plural}?limit=1`;
      while (served && (await client.find(path)) === undefined) await pause();
    }
  }
}

interface Crd {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}
