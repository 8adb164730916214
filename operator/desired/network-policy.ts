// The NetworkPolicy: identity headers are only as true as their sender, and metrics tell who calls.
// ext_proc has no port in the pods, so there is nothing to keep people from.
import { ports } from '../../config/names.ts';
import type { Builder } from './context.ts';
import { ownedMetadata, selectorLabels } from './metadata.ts';
import { childNames } from './names.ts';

const anyPod = [{ namespaceSelector: {} }];

export const buildNetworkPolicy: Builder = (context) => {
  const { enabled, clientsFrom, metricsFrom } = context.spec.networkPolicy;
  const { operatorNamespace } = context.defaults;
  if (!enabled) return undefined;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: ownedMetadata(context, { name: childNames.networkPolicy(context.resource) }),
    spec: {
      podSelector: { matchLabels: selectorLabels(context.resource) },
      policyTypes: ['Ingress'],
      ingress: [
        allow(ports.envoy, clientsFrom.length === 0 ? anyPod : clientsFrom),
        allow(ports.metrics, metricsFrom.length === 0 ? anyPod : metricsFrom),
        // The operator asks the pods which configuration they run. Kubelets are always let in.
        ...(operatorNamespace === undefined
          ? []
          : [allow(ports.admin, [namespaceNamed(operatorNamespace)])]),
      ],
    },
  };
};

function allow(port: number, from: readonly object[]): object {
  return { from, ports: [{ port, protocol: 'TCP' }] };
}

function namespaceNamed(name: string): object {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } };
}
