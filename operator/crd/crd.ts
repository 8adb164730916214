// The CustomResourceDefinition, made from the schemas that the operator itself parses with. Pure: it
// knows no file and no cluster.
import { z } from 'zod';
import { apiGroup, kind, semanticRouterMaasType } from '../resource/semantic-router-maas.ts';
import { nameRule } from '../resource/name-rule.ts';
import { specSchema } from '../resource/spec.ts';
import { configSchema } from './config-schema.ts';
import type { SourceSchema, StructuralSchema } from './schema-types.ts';
import { statusSchema } from './status-schema.ts';
import { toStructural } from './structural.ts';

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

/** The schema of the whole object, as the API server checks, completes and explains it. */
export function resourceSchema(): StructuralSchema {
  return {
    description: 'A semantic router with usage tracking for Models-as-a-Service.',
    type: 'object',
    required: ['spec'],
    'x-kubernetes-validations': [
      { rule: nameRule.cel, message: `metadata.name ${nameRule.message}` },
    ],
    properties: {
      apiVersion: { description: 'Version of this form of the resource.', type: 'string' },
      kind: { description: `Always ${kind}.`, type: 'string' },
      metadata: { type: 'object' },
      spec: specStructure(),
      status: toStructural(z.toJSONSchema(statusSchema, { io: 'input' }) as SourceSchema, plain),
    },
  };
}

function specStructure(): StructuralSchema {
  const { description, ...config } = configSchema();
  return toStructural(z.toJSONSchema(specSchema, { io: 'input' }) as SourceSchema, {
    ...plain,
    adjust: (path, schema) =>
      path === 'config'
        ? { description: schema.description ?? description ?? '', ...config }
        : schema,
  });
}

const plain = {
  keepsUnknownKeys: false,
  takesDefault: () => true,
  depth: 0,
  adjust: (_path: string, schema: StructuralSchema) => schema,
};

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
