// The two Services: one address for clients and scrapers, and one name for the pods themselves.
import { ports } from '../../config/names.ts';
import type { Builder } from './context.ts';
import { ownedMetadata, selectorLabels } from './metadata.ts';
import { childNames, portNames } from './names.ts';

const http = port(portNames.envoy, ports.envoy);
const metrics = port(portNames.metrics, ports.metrics);
const admin = port(portNames.admin, ports.admin);

export const buildService: Builder = (context) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: ownedMetadata(context, { name: childNames.service(context.resource) }),
  spec: {
    type: 'ClusterIP',
    selector: selectorLabels(context.resource),
    ports: [http, metrics, admin],
  },
});

/**
 * For clients that share out their requests themselves. It has no metrics port: a ServiceMonitor
 * that selects both Services must not find each pod twice.
 */
export const buildHeadlessService: Builder = (context) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: ownedMetadata(context, { name: childNames.headlessService(context.resource) }),
  spec: {
    type: 'ClusterIP',
    clusterIP: 'None',
    selector: selectorLabels(context.resource),
    ports: [http, admin],
  },
});

function port(name: string, number: number): object {
  return { name, port: number, targetPort: name, protocol: 'TCP' };
}
