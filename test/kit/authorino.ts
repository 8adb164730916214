// The real Authorino on a test's control plane: its rights, a port that stays over a restart, and a
// process that is ended by its pid. Its servers bind every interface, which no flag changes.
import { stringify } from 'yaml';
import type { ControlPlane } from './control-plane.ts';
import { startProgram, waitUntilReady, type RunningProgram } from './control-plane/program.ts';
import { freePorts } from './ports.ts';
import { accepts } from './router-surroundings.ts';
import { authorinoPath } from './tools/authorino.ts';

export interface Authorino {
  /** Where Envoy asks, by gRPC. */
  readonly port: number;
  /** Where anything else may ask: the request's `Host` is the key of the AuthConfig. */
  readonly checkUrl: string;
  /** Starts it where it was; resolves when it listens, which may be before it holds AuthConfigs. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Needs the CRD of AuthConfigs; resolves when it runs. */
export async function startAuthorino(cluster: ControlPlane): Promise<Authorino> {
  await cluster.createNamespace(account.namespace);
  await cluster.kubectl(['apply', '--server-side', '-f', '-'], {
    input: rights.map((object) => stringify(object)).join('---\n'),
  });
  const token = await cluster.serviceAccountToken(account.namespace, account.name);
  const kubeconfig = await cluster.kubeconfig(token);
  const [grpc = 0, http = 0, oidc = 0, health = 0] = await freePorts(4);
  let program: RunningProgram | undefined;
  const start = async (): Promise<void> => {
    program = await startProgram(
      await authorinoPath(),
      [
        ...['server', '--ext-auth-grpc-port', String(grpc), '--ext-auth-http-port', String(http)],
        ...['--oidc-http-port', String(oidc), '--health-probe-addr', `127.0.0.1:${health}`],
        ...['--metrics-addr', '0', '--pprof-bind-address', '0'],
      ],
      { KUBECONFIG: kubeconfig },
    );
    await waitUntilReady('Authorino', program, async () => {
      const { ok } = await fetch(`http://127.0.0.1:${health}/healthz`);
      return ok && (await accepts(grpc));
    });
  };
  await start();
  return {
    port: grpc,
    checkUrl: `http://127.0.0.1:${http}/check`,
    start,
    stop: async () => {
      await program?.end();
    },
  };
}

const account = { name: 'authorino', namespace: 'authorino' } as const;

/** As much as its project's own roles grant for what it is asked to do here. */
const rights = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: account.name },
    rules: [
      rule('', 'secrets', ['get', 'list', 'watch']),
      rule('authorino.kuadrant.io', 'authconfigs', ['get', 'list', 'watch']),
      rule('authorino.kuadrant.io', 'authconfigs/status', ['get', 'patch', 'update']),
      rule('authentication.k8s.io', 'tokenreviews', ['create']),
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: account.name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: account.name },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  },
];

function rule(group: string, resource: string, verbs: readonly string[]): object {
  return { apiGroups: [group], resources: [resource], verbs };
}
