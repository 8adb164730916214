// What the objects of a resource are called. A resource's own name is short enough for all of them.
import type { ResourceIdentity } from './context.ts';

type Named = Pick<ResourceIdentity, 'name'>;

export const childNames = {
  configMap: ({ name }: Named): string => `${name}-config`,
  serviceAccount: ({ name }: Named): string => name,
  deployment: ({ name }: Named): string => name,
  service: ({ name }: Named): string => name,
  /** The Service that resolves to the pods themselves. */
  headlessService: ({ name }: Named): string => `${name}-pods`,
  horizontalPodAutoscaler: ({ name }: Named): string => name,
  podDisruptionBudget: ({ name }: Named): string => name,
  networkPolicy: ({ name }: Named): string => name,
  authConfig: ({ name }: Named): string => `${name}-auth`,
  serviceMonitor: ({ name }: Named): string => name,
} as const;

/** The key of the ConfigMap, and the name of the file that the pods see. */
export const configKey = 'config.yaml';

/** Names of ports, which ServiceMonitors and probes refer to. */
export const portNames = { envoy: 'http', metrics: 'metrics', admin: 'admin' } as const;
