// A cluster for scenarios with resources in which the real Authorino says who calls, and what a client
// of one of its routers gets and who pays for it.
import type { ClientReply } from './client.ts';
import { send } from './client.ts';
import { startAuthorino, type Authorino } from './authorino.ts';
import { isProgram } from '../../dataplane/local/tools/cache.ts';
import {
  resourceOf,
  resourcePath,
  startResourceCluster,
  urlOf,
  type ResourceCluster,
} from './resource-cluster.ts';
import { authorinoPath } from './tools/authorino.ts';
import { thirdPartyCrd } from './tools/third-party-crds.ts';

/** False where it could not be built and none is named: suites that need it then say so. */
export async function hasAuthorino(): Promise<boolean> {
  return isProgram(await authorinoPath());
}

export interface AuthorinoCluster extends ResourceCluster {
  readonly authorino: Authorino;
  /** Creates a resource that asks Authorino; resolves with its path. */
  createResource(namespace: string, name: string, given: GivenResource): Promise<string>;
  /** One request to the router of that namespace, which must have one pod. */
  ask(namespace: string, headers?: Headers): Promise<Answer>;
}

export interface GivenResource {
  readonly auth: object;
  readonly config?: object;
  readonly spec?: object;
}

type Headers = Readonly<Record<string, string | readonly string[]>>;

export interface Answer extends Pick<ClientReply, 'status' | 'headers'> {
  readonly body: unknown;
  /** Who paid for it, as `user/tier: model`; empty: nobody. */
  readonly billed: readonly string[];
}

/** Options as for `startResourceCluster`; the CRD of AuthConfigs is served before `prepare`. */
export async function startAuthorinoCluster(
  options: Parameters<typeof startResourceCluster>[0] = {},
): Promise<AuthorinoCluster> {
  let authorino: Authorino | undefined;
  const world = await startResourceCluster({
    ...options,
    prepare: async (cluster) => {
      await cluster.applyCrds([thirdPartyCrd('authorino.kuadrant.io_authconfigs')]);
      authorino = await startAuthorino(cluster);
      await options.prepare?.(cluster);
    },
  });
  if (authorino === undefined) throw new Error('Authorino was not started');
  const running = authorino;
  return {
    ...world,
    authorino: running,
    createResource: async (namespace, name, { auth, spec, config = {} }) => {
      const where = { host: '127.0.0.1', port: running.port };
      const resource = resourceOf(name, {
        port: world.backend.port,
        config,
        spec: { auth: { provider: 'Authorino', authorino: where, ...auth }, ...spec },
      });
      await world.cluster.client.create(resourcePath(namespace), resource);
      return resourcePath(namespace, name);
    },
    ask: (namespace, headers = {}) => ask(world, namespace, headers),
    stop: async () => {
      await world.stop();
      await running.stop();
    },
  };
}

async function ask(world: ResourceCluster, namespace: string, headers: Headers): Promise<Answer> {
  const [pod] = world.kubelet.pods(namespace);
  if (pod === undefined) throw new Error(`there is no pod in ${namespace}`);
  const before = await bills(pod.address);
  const reply = await send({
    url: `${urlOf(pod)}/v1/chat/completions`,
    headers,
    body: { model: 'auto', messages: [{ role: 'user', content: 'hello' }] },
  });
  const after = await bills(pod.address);
  const billed = [...after].filter(([who, count]) => count !== before.get(who));
  const text = reply.text();
  return {
    status: reply.status,
    headers: reply.headers,
    body: text.startsWith('{') ? reply.json() : text,
    billed: billed.map(([who]) => who),
  };
}

/** Requests so far, by who paid. */
async function bills(address: string): Promise<Map<string, number>> {
  const page = await (await fetch(`http://${address}:9190/metrics`)).text();
  const lines = page.matchAll(
    /^semantic_router_requests_total\{user="([^"]*)",tier="([^"]*)",model="([^"]*)".*\} (\d+)$/gm,
  );
  return new Map(
    [...lines].map(([, user = '', tier = '', model = '', count]) => [
      `${user}/${tier}: ${model}`,
      Number(count),
    ]),
  );
}
