// Names inside the Envoy configuration, and of the files that hold it. Statistics and the admin
// interface show them, and the local control plane asks for them there.

export const clusterNames = {
  extProc: 'router',
  authz: 'authz',
  /** The cluster of a configured model. */
  model: (model: string): string => `model:${model}`,
} as const;

export const listenerName = 'clients';

/** `stat_prefix` of the connection manager: its statistics begin with `http.clients.`. */
export const statPrefix = 'clients';

export const routeConfigName = 'models';

/** The filters whose configuration follows RouterConfig, in the order that a request meets them. */
export const filterNames = {
  /** Removes the identity headers that a client sent. */
  strip: 'strip-identity',
  /** Asks the service of `EnvoyOptions.authz`. */
  authz: 'authz',
  /** ext_proc: the router. */
  router: 'router',
} as const;

export type FilterName = (typeof filterNames)[keyof typeof filterNames];

/** The files in `EnvoyOptions.directory`. */
export const fileNames = {
  bootstrap: 'bootstrap.json',
  clusters: 'clusters.json',
  routes: 'routes.json',
  filter: (name: FilterName): string => `filter-${name}.json`,
} as const;
