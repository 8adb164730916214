// The few shapes of the Kubernetes API that a resource of ours takes over, as far as it looks into
// them; what it only passes on is kept as it came.
import { z } from 'zod';
import { mapOf } from '../../config/schema/primitives.ts';

/** A name of an object that becomes part of a URL and of labels: RFC 1123. */
export const objectNameSchema = z
  .string()
  .min(1)
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'must be a name of lower-case letters, digits, - and .',
  );

/** A key in a ConfigMap or Secret. */
export const dataKeySchema = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[-._a-zA-Z0-9]+$/, 'must be letters, digits, -, _ and .');

/** A key of labels and annotations, with or without the prefix of its owner. */
const qualifiedNameSchema = z
  .string()
  .min(1)
  .max(317)
  .regex(
    /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'must be a key such as app or example.com/app',
  );

export const labelsSchema = mapOf(
  qualifiedNameSchema,
  z
    .string()
    .max(63)
    .regex(/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/, 'must be a label value'),
  64,
);

export const annotationsSchema = mapOf(qualifiedNameSchema, z.string().max(16_384), 64);

/** A piece of the Kubernetes API that is handed on as it is; its own server checks it. */
export const passedOnSchema = z
  .looseObject({})
  .describe('Handed on as it is; Kubernetes checks it where it is used.');

/** An amount such as `500m`, `1Gi` or 2. */
export const quantitySchema = z.union([
  z.int().min(0),
  z
    .string()
    .max(32)
    .regex(
      /^\d+(\.\d+)?([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/,
      'must be a quantity such as 500m, 2 or 1Gi',
    ),
]);

const resourceListSchema = mapOf(qualifiedNameSchema, quantitySchema, 32);

export const resourcesSchema = z
  .object({
    requests: resourceListSchema.optional().describe('What is set aside, such as `cpu: 500m`.'),
    limits: resourceListSchema.optional().describe('What may not be exceeded.'),
  })
  .describe('Compute resources of a container.');

/** An absolute number or a percentage. */
export const intOrPercentSchema = z.union([
  z.int().min(0).max(10_000),
  z
    .string()
    .max(4)
    .regex(/^(100|[1-9]?\d)%$/, 'must be a number or a percentage such as 50%'),
]);

/** An image with an optional tag and digest. */
export const imageSchema = z
  .string()
  .min(1)
  .max(512)
  .regex(
    /^[a-z0-9]([a-z0-9._:/-]*[a-z0-9])?(:[\w][\w.-]{0,127})?(@sha256:[a-f0-9]{64})?$/,
    'must be an image such as registry.example/semantic-router-maas:1.2.3 or …@sha256:…',
  );

export const pullPolicySchema = z.enum(['Always', 'IfNotPresent', 'Never']);
