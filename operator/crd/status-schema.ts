// `status` as the API server keeps it. Reasons are no closed set here: an operator newer than the
// CRD must still be able to say what it found.
import { z } from 'zod';
import type { Status } from '../resource/status.ts';

const conditionSchema = z
  .object({
    type: z
      .string()
      .min(1)
      .max(316)
      .describe('What is said something of, such as `Ready`, `Accepted` or `AuthReady`.'),
    status: z.enum(['True', 'False', 'Unknown']).describe('Whether it holds.'),
    reason: z
      .string()
      .min(1)
      .max(1024)
      .regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/)
      .describe('Why, in one word of a closed set; docs/custom-resource.md lists them.'),
    message: z
      .string()
      .max(32_768)
      .describe('Why, in a sentence; with the path of the field where one is wrong.'),
    observedGeneration: z.int().min(0).describe('The generation that this is said of.'),
    lastTransitionTime: z
      .string()
      .max(64)
      .meta({ format: 'date-time' })
      .describe('When `status` changed last, as RFC 3339 to the second.'),
  })
  .describe('One thing that the operator says of the resource.');

/**
 * What is read before the operator has said anything. Tools that wait by kstatus, such as Helm, take
 * a resource without any condition for finished.
 */
export const statusBeforeAny = {
  conditions: [
    {
      type: 'Ready',
      status: 'Unknown',
      reason: 'Progressing',
      message: 'Waiting for the operator.',
      // No generation: the conditions of an operator begin at 1.
      observedGeneration: 0,
      lastTransitionTime: '1970-01-01T00:00:00Z',
    },
  ],
} as const satisfies Status;

const addressSchema = z
  .object({
    name: z.string().min(1).max(63).describe('What is served there.'),
    url: z.string().min(1).max(2048).describe('URL inside the cluster.'),
  })
  .describe('A place to send requests to.');

const inventoryEntrySchema = z
  .object({
    apiVersion: z.string().min(1).max(317).describe('API group and version of the object.'),
    kind: z.string().min(1).max(63).describe('Kind of the object.'),
    name: z.string().min(1).max(253).describe('Name of the object, in the same namespace.'),
  })
  .describe('An object that belongs to the resource.');

const count = (what: string) => z.int().min(0).max(2_147_483_647).optional().describe(what);

export const statusSchema = z
  .object({
    observedGeneration: z.int().min(0).optional().describe('The generation last reconciled.'),
    conditions: z
      .array(conditionSchema)
      .max(32)
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
      .optional()
      .describe('What the operator says; `Ready` sums it up.'),
    mode: z
      .enum(['standalone', 'maas', 'hybrid'])
      .optional()
      .describe('Billing mode, derived from `maas_integration` of the configuration.'),
    configHash: z
      .string()
      .max(64)
      .optional()
      .describe('Hash of the configuration that is wanted; each pod reports the one it runs.'),
    lastGoodConfigHash: z
      .string()
      .max(64)
      .optional()
      .describe('Hash of the last configuration that was accepted: the one that pods are given.'),
    replicas: count('Pods that there are.'),
    readyReplicas: count('Pods that are ready.'),
    updatedReplicas: count('Pods of the newest template.'),
    selector: z
      .string()
      .max(4096)
      .optional()
      .describe('Label selector of the pods, for the scale subresource.'),
    addresses: z
      .array(addressSchema)
      .max(16)
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
      .optional()
      .describe('Where requests are sent.'),
    inventory: z
      .array(inventoryEntrySchema)
      .max(256)
      .optional()
      .describe('What the operator made, and will take away again.'),
  })
  .describe('What the operator found and did.');
