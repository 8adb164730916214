// The CustomResourceDefinition, made from the schemas that the operator itself parses with. Pure: it
// knows no file and no cluster.
import { apiGroup, kind, semanticRouterMaasType } from '../resource/semantic-router-maas.ts';
import { resourceSchema } from './resource-schema.ts';

const { plural, version } = semanticRouterMaasType;

/** The CRD as plain JSON. */
export function buildCrd() {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${apiGroup}` },
    spec: {
      group: apiGroup,
      scope: 'Namespaced',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: plural,
        shortNames: ['srm'],
        categories: ['all'],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: {
            status: {},
            scale: {
              specReplicasPath: '.spec.replicas',
              statusReplicasPath: '.status.replicas',
              labelSelectorPath: '.status.selector',
            },
          },
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: resourceSchema() },
        },
      ],
    },
  };
}

const condition = (type: string, field: string): string =>
  `.status.conditions[?(@.type=="${type}")].${field}`;

const columns = [
  { name: 'Mode', type: 'string', jsonPath: '.status.mode', description: 'Billing mode.' },
  {
    name: 'Ready',
    type: 'string',
    jsonPath: condition('Ready', 'status'),
    description: 'Whether all that was asked for is there.',
  },
  {
    name: 'Reason',
    type: 'string',
    jsonPath: condition('Ready', 'reason'),
    description: 'Why, or why not.',
  },
  {
    name: 'Replicas',
    type: 'integer',
    jsonPath: '.status.readyReplicas',
    description: 'Pods that are ready.',
  },
  {
    name: 'Config',
    type: 'string',
    jsonPath: '.status.configHash',
    description: 'Hash of the configuration that is wanted.',
  },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  {
    name: 'Auth',
    type: 'string',
    priority: 1,
    jsonPath: condition('AuthReady', 'reason'),
    description: 'Whether callers are told apart.',
  },
  {
    name: 'Monitoring',
    type: 'string',
    priority: 1,
    jsonPath: condition('MonitoringReady', 'reason'),
    description: 'Whether a Prometheus will scrape.',
  },
  {
    name: 'Gateway',
    type: 'string',
    priority: 1,
    jsonPath: condition('GatewayReady', 'reason'),
    description: 'Whether requests find the router.',
  },
];
