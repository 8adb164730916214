// What a SemanticRouterMaas asks for: `spec`, with its defaults. The router's configuration is taken
// over from the contract as it is; everything else is camelCase, as Kubernetes has it.
import { z } from 'zod';
import { authSchema } from './auth.ts';
import { dataKeySchema, objectNameSchema } from './kubernetes-shapes.ts';
import { withRules } from './rules.ts';
import {
  ledgerSchema,
  modelsSchema,
  monitoringSchema,
  networkPolicySchema,
} from './surroundings.ts';
import { workloadFields } from './workload.ts';

const configFromSchema = z
  .object({
    configMap: z
      .object({
        name: objectNameSchema.describe('Name of the ConfigMap, in the same namespace.'),
        key: dataKeySchema.default('config.yaml').describe('Key that holds the configuration.'),
      })
      .describe('A ConfigMap that somebody else keeps.'),
  })
  .describe('Where the router configuration comes from when it is not written here.');

const gatewaySchema = z
  .object({
    type: z
      .enum(['Sidecar'])
      .default('Sidecar')
      .describe('Who sends requests to the router: an Envoy beside it in each pod.'),
  })
  .describe('The gateway in front of the router.');

export const specSchema = withRules(
  z.object({
    config: z
      .looseObject({})
      .optional()
      .describe(
        'The router configuration, with the keys of config.yaml; reloaded without restart.',
      ),
    configFrom: configFromSchema.optional(),
    ...workloadFields,
    gateway: gatewaySchema.prefault({}),
    auth: authSchema.prefault({}),
    monitoring: monitoringSchema.prefault({}),
    networkPolicy: networkPolicySchema.prefault({}),
    ledger: ledgerSchema.prefault({}),
    models: modelsSchema.optional(),
    suspend: z
      .boolean()
      .default(false)
      .describe('Whether the operator leaves everything as it is; deletion still works.'),
  }),
  [
    {
      message: 'exactly one of config and configFrom must be set',
      cel: 'has(self.config) != has(self.configFrom)',
      holds: ({ config, configFrom }) => (config === undefined) !== (configFrom === undefined),
      asksPresence: true,
    },
    {
      message: 'only one of replicas and autoscaling may be set',
      cel: '!(has(self.replicas) && has(self.autoscaling))',
      holds: ({ replicas, autoscaling }) => replicas === undefined || autoscaling === undefined,
      asksPresence: true,
    },
  ],
).describe('What is wanted.');

/** Parsed, with defaults. `config` is as the API server stores it: config/ interprets it. */
export type Spec = z.output<typeof specSchema>;
