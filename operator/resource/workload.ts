// The part of the spec that says how the pods run.
import { z } from 'zod';
import {
  annotationsSchema,
  dataKeySchema,
  imageSchema,
  intOrPercentSchema,
  labelsSchema,
  objectNameSchema,
  passedOnSchema,
  pullPolicySchema,
  resourcesSchema,
} from './kubernetes-shapes.ts';
import { ownVolumes } from './own-names.ts';
import { listBy, withRules } from './rules.ts';

const keyReferenceSchema = z.object({
  name: objectNameSchema.describe('Name of the object, in the same namespace.'),
  key: dataKeySchema.describe('Key inside it.'),
  optional: z.boolean().optional().describe('Whether the pod starts without it.'),
});

const envSchema = withRules(
  z.object({
    name: z
      .string()
      .min(1)
      .max(253)
      .regex(/^[-._a-zA-Z][-._a-zA-Z0-9]*$/, 'must be a name of an environment variable')
      .describe('Name of the variable.'),
    value: z.string().max(4096).optional().describe('Its value; secrets belong in `valueFrom`.'),
    valueFrom: withRules(
      z.object({
        secretKeyRef: keyReferenceSchema.optional().describe('A key of a Secret.'),
        configMapKeyRef: keyReferenceSchema.optional().describe('A key of a ConfigMap.'),
      }),
      [
        {
          message: 'exactly one of secretKeyRef and configMapKeyRef must be set',
          cel: 'has(self.secretKeyRef) != has(self.configMapKeyRef)',
          holds: ({ secretKeyRef, configMapKeyRef }) =>
            (secretKeyRef === undefined) !== (configMapKeyRef === undefined),
          asksPresence: true,
        },
      ],
    )
      .optional()
      .describe('Where the value comes from.'),
  }),
  [
    {
      message: 'exactly one of value and valueFrom must be set',
      cel: 'has(self.value) != has(self.valueFrom)',
      holds: ({ value, valueFrom }) => (value === undefined) !== (valueFrom === undefined),
      asksPresence: true,
    },
  ],
).describe('An environment variable of the router.');

const autoscalingSchema = withRules(
  z.object({
    minReplicas: z.int().min(1).max(1000).default(1).describe('Fewest pods.'),
    maxReplicas: z.int().min(1).max(1000).describe('Most pods.'),
    targetCPUUtilizationPercentage: z
      .int()
      .min(1)
      .max(1000)
      .default(70)
      .describe('Share of the requested CPU, over all pods, that is aimed at.'),
    metrics: z
      .array(passedOnSchema)
      .max(16)
      .optional()
      .describe('Metrics of autoscaling/v2 in the place of the CPU target.'),
    behavior: passedOnSchema.optional().describe('`behavior` of autoscaling/v2.'),
  }),
  [
    {
      message: 'must be at least minReplicas',
      cel: 'self.minReplicas <= self.maxReplicas',
      holds: ({ minReplicas, maxReplicas }) => minReplicas <= maxReplicas,
      field: 'maxReplicas',
    },
  ],
).describe('A HorizontalPodAutoscaler in the place of a fixed number of replicas.');

const volumeSchema = z
  .looseObject({
    name: objectNameSchema.max(63).describe('Name that `volumeMounts` refer to.'),
  })
  .describe('A volume, with any source that pods know.');

const volumeMountSchema = z
  .looseObject({
    mountPath: z.string().min(1).max(4096).describe('Where the volume appears.'),
    name: objectNameSchema.max(63).describe('Name of the volume.'),
  })
  .describe('A mount, with any other field that containers know.');

const ownVolumeNames: readonly string[] = Object.values(ownVolumes).map(({ name }) => name);
const ownMountPaths = Object.values(ownVolumes).map(({ mountPath }) => mountPath);
const belowOwnMounts = `^(${ownMountPaths.join('|')})(/.*)?$`;

const podTemplateSchema = withRules(
  z.object({
    labels: labelsSchema.optional().describe('Further labels of the pods.'),
    annotations: annotationsSchema.optional().describe('Further annotations of the pods.'),
    serviceAccountName: objectNameSchema
      .optional()
      .describe('A ServiceAccount of your own; the operator then makes none.'),
    nodeSelector: labelsSchema.optional().describe('Labels that a node must have.'),
    tolerations: z.array(passedOnSchema).max(64).optional().describe('Taints that are tolerated.'),
    affinity: passedOnSchema.optional().describe('Affinity of the pods.'),
    priorityClassName: objectNameSchema.optional().describe('Priority of the pods.'),
    runtimeClassName: objectNameSchema.optional().describe('Container runtime of the pods.'),
    securityContext: passedOnSchema.optional().describe('Merged over the pods’ own.'),
    terminationGracePeriodSeconds: z
      .int()
      .min(1)
      .max(7200)
      .optional()
      .describe('Longest time a pod may take to end; made from the configuration when left out.'),
    volumes: listBy('name', z.array(volumeSchema).max(32)).optional().describe('Further volumes.'),
    volumeMounts: listBy('mountPath', z.array(volumeMountSchema).max(32))
      .optional()
      .describe('Where they are mounted, in all containers: Envoy reads authorities too.'),
  }),
  [
    {
      message: `${ownVolumeNames.join(' and ')} are the operator's own`,
      cel: `!has(self.volumes) || !self.volumes.exists(v, v.name in ${JSON.stringify(ownVolumeNames)})`,
      holds: ({ volumes = [] }) => !volumes.some(({ name }) => ownVolumeNames.includes(name)),
      field: 'volumes',
    },
    {
      message: `${ownMountPaths.join(' and ')} are the operator's own`,
      cel:
        '!has(self.volumeMounts) || ' +
        `!self.volumeMounts.exists(m, m.mountPath.matches('${belowOwnMounts}'))`,
      holds: ({ volumeMounts = [] }) =>
        !volumeMounts.some(({ mountPath }) => new RegExp(belowOwnMounts).test(mountPath)),
      field: 'volumeMounts',
    },
  ],
).describe('What is laid over the pods that the operator would make.');

const topologySpreadSchema = z
  .union([z.enum(['Auto', 'None']), z.array(passedOnSchema).min(1).max(8)])
  .describe('`Auto` spreads pods over zones and nodes where it can; or constraints of your own.');

const podDisruptionBudgetSchema = withRules(
  z.object({
    enabled: z
      .boolean()
      .optional()
      .describe('Whether there is one; when left out, if more than one pod is wanted.'),
    minAvailable: intOrPercentSchema.optional().describe('Pods that must stay.'),
    maxUnavailable: intOrPercentSchema
      .optional()
      .describe('Pods that may go; 1 when both are left out.'),
  }),
  [
    {
      message: 'only one of minAvailable and maxUnavailable may be set',
      cel: '!(has(self.minAvailable) && has(self.maxUnavailable))',
      holds: ({ minAvailable, maxUnavailable }) =>
        minAvailable === undefined || maxUnavailable === undefined,
      asksPresence: true,
    },
  ],
).describe('How many pods a drained node may take away.');

const envoySchema = z
  .object({
    image: imageSchema.optional().describe('Envoy’s image; the operator’s default when left out.'),
    imagePullPolicy: pullPolicySchema.optional().describe('When the image is pulled.'),
    resources: resourcesSchema.optional(),
    concurrency: z.int().min(1).max(128).default(2).describe('Worker threads.'),
  })
  .describe('The Envoy beside the router.');

const pullSecretSchema = z
  .object({ name: objectNameSchema.describe('Name of a Secret.') })
  .describe('A Secret of type kubernetes.io/dockerconfigjson, in the same namespace.');

export const workloadFields = {
  replicas: z
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe('Number of pods: 1 when neither this nor `autoscaling` is set.'),
  autoscaling: autoscalingSchema.optional(),
  strategy: z
    .enum(['RollingUpdate', 'Recreate'])
    .default('RollingUpdate')
    .describe(
      'How pods are replaced. `Recreate`: no new one before all old ones have ended, for a claim ' +
        'that one node alone can mount; nobody answers meanwhile.',
    ),
  image: imageSchema.optional().describe('The router’s image; the operator’s when left out.'),
  imagePullPolicy: pullPolicySchema.optional().describe('When the image is pulled.'),
  imagePullSecrets: listBy('name', z.array(pullSecretSchema).max(16))
    .optional()
    .describe('Secrets for the registry of the images.'),
  resources: resourcesSchema.optional(),
  env: listBy('name', z.array(envSchema).max(100))
    .optional()
    .describe('Environment of the router.'),
  podTemplate: podTemplateSchema.prefault({}),
  topologySpread: topologySpreadSchema.default('Auto'),
  podDisruptionBudget: podDisruptionBudgetSchema.prefault({}),
  envoy: envoySchema.prefault({}),
} as const;
