// The part of the spec about what surrounds the pods: who scrapes them, who may reach them, where
// the usage ledger lies.
import { z } from 'zod';
import {
  annotationsSchema,
  labelsSchema,
  objectNameSchema,
  passedOnSchema,
  quantitySchema,
} from './kubernetes-shapes.ts';
import { withRules } from './rules.ts';

export const monitoringSchema = z
  .object({
    mode: z
      .enum(['Auto', 'Enabled', 'Disabled'])
      .default('Auto')
      .describe(
        'Whether there is a ServiceMonitor. `Auto`: where its API is served, with the label that ' +
          'the one Prometheus asks for. `Enabled`: not being Ready without it.',
      ),
    interval: z
      .string()
      .min(1)
      // As the ServiceMonitor has it: the larger units come first.
      .regex(
        /^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?([0-9]{1,6}ms)?$/,
        'must be a duration such as 30s or 1m30s',
      )
      .max(32)
      .default('30s')
      .describe('How often Prometheus scrapes.'),
    labels: labelsSchema
      .default({})
      .describe('Labels of the ServiceMonitor, such as `release: kube-prometheus-stack`.'),
    annotations: annotationsSchema.default({}).describe('Annotations of the ServiceMonitor.'),
  })
  .describe('Scraping by the Prometheus Operator.');

const peersSchema = z.array(passedOnSchema).max(64);

export const networkPolicySchema = z
  .object({
    enabled: z.boolean().default(true).describe('Whether there is a NetworkPolicy.'),
    clientsFrom: peersSchema
      .default([])
      .describe('Peers that may send requests to Envoy; anybody in the cluster when empty.'),
    metricsFrom: peersSchema
      .default([])
      .describe('Peers that may scrape metrics; any pod of the cluster’s namespaces when empty.'),
  })
  .describe('Who may reach the pods: identity headers are only as true as their sender.');

export const modelsSchema = withRules(
  z.object({
    claim: z
      .object({
        name: objectNameSchema.describe(
          'A PersistentVolumeClaim that all pods can read, with a folder for each model.',
        ),
        subPath: z
          .string()
          .min(1)
          .max(4096)
          .regex(
            /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/,
            'must be a relative path of letters, digits, -, _ and .',
          )
          .optional()
          .describe('Folder in the claim that holds the folders of the models.'),
      })
      .optional()
      .describe('Models in a claim.'),
    image: z
      .object({
        reference: z
          .string()
          .min(1)
          .max(1024)
          .describe('An OCI image or artefact that holds the folders of the models.'),
        pullPolicy: z
          .enum(['Always', 'IfNotPresent', 'Never'])
          .optional()
          .describe('When it is pulled.'),
      })
      .optional()
      .describe('Models in an image volume, which the cluster must support.'),
  }),
  [
    {
      message: 'exactly one of claim and image must be set',
      cel: 'has(self.claim) != has(self.image)',
      holds: ({ claim, image }) => (claim === undefined) !== (image === undefined),
      asksPresence: true,
    },
  ],
).describe('Models in the place of those in the router’s image. Replaces the pods.');

export const ledgerSchema = withRules(
  z.object({
    emptyDir: z
      .object({ sizeLimit: quantitySchema.default('2Gi').describe('Largest size.') })
      .optional()
      .describe('On the node, as long as the pod is there: the default.'),
    claim: z
      .object({
        name: objectNameSchema.describe(
          'A PersistentVolumeClaim that all pods can write (ReadWriteMany, else see `strategy`); ' +
            'each has a folder of its own.',
        ),
      })
      .optional()
      .describe('A claim that outlives the pods.'),
  }),
  [
    {
      message: 'only one of emptyDir and claim may be set',
      cel: '!(has(self.emptyDir) && has(self.claim))',
      holds: ({ emptyDir, claim }) => emptyDir === undefined || claim === undefined,
      asksPresence: true,
    },
  ],
).describe('Where usage records are kept.');
