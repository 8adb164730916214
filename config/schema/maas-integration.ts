// The section `maas_integration`: who pays, and what is told to MaaS-billing.
import { z } from 'zod';
import { headerNameSchema, identityValueSchema } from './primitives.ts';

const dottedPathSchema = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^.]+(?:\.[^.]+)*$/, 'must be a dotted path such as identity.user');

const authenticationSchema = z
  .object({
    user_header: headerNameSchema
      .default('x-auth-request-user')
      .describe('Request header that carries the user.'),
    tier_header: headerNameSchema
      .default('x-auth-request-tier')
      .describe('Request header that carries the tier.'),
    groups_header: headerNameSchema
      .optional()
      .describe('Request header that carries the groups, separated by commas; none when left out.'),
    fallback_user: identityValueSchema.default('unknown').describe('User when none is known.'),
    fallback_tier: identityValueSchema.default('free').describe('Tier when none is known.'),
    on_missing: z
      .enum(['fallback', 'reject'])
      .default('fallback')
      .describe('Whether a request without identity is counted for the fallback or refused (401).'),
    metadata: z
      .object({
        namespace: z
          .string()
          .min(1)
          .max(256)
          .describe('Dynamic metadata namespace, such as `envoy.filters.http.ext_authz`.'),
        user: dottedPathSchema.describe('Dotted path of the user, such as `identity.user`.'),
        tier: dottedPathSchema.describe('Dotted path of the tier, such as `identity.tier`.'),
        groups: dottedPathSchema
          .optional()
          .describe('Dotted path of the groups: a list of texts, or a text with commas.'),
      })
      .optional()
      .describe('Envoy dynamic metadata that carries the identity; headers are then not believed.'),
    attributes: z
      .object({
        user: z
          .string()
          .min(1)
          .max(256)
          .describe("Envoy attribute of the user, such as `filter_state['my.user']`."),
        tier: z.string().min(1).max(256).describe('Envoy attribute of the tier.'),
        groups: z
          .string()
          .min(1)
          .max(256)
          .optional()
          .describe('Envoy attribute of the groups, separated by commas.'),
      })
      .optional()
      .describe('Envoy attributes that carry the identity; headers are then not believed.'),
  })
  .describe('Where the caller identity comes from.');

const maasMetricsSchema = z
  .object({
    export_token_metrics: z
      .boolean()
      .default(true)
      .describe('Whether tokens are counted by user and tier.'),
    export_cache_metrics: z
      .boolean()
      .default(true)
      .describe('Whether cache hits and misses are counted by user and tier.'),
    export_routing_metrics: z
      .boolean()
      .default(true)
      .describe('Whether requests and reasoning requests are counted by user and tier.'),
    export_security_metrics: z
      .boolean()
      .default(true)
      .describe('Whether PII and jailbreak detections are counted by user and tier.'),
    internal_cost_calculation: z
      .boolean()
      .default(false)
      .describe('Whether the router prices tokens itself (hybrid mode).'),
    user_label: z
      .enum(['raw', 'hash', 'drop'])
      .default('raw')
      .describe(
        'The `user` label as it is, as a keyed hash (key in the environment variable ' +
          '`USER_HASH_KEY`), or empty.',
      ),
    max_users: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(10_000)
      .describe('Users with series of their own; later ones share `_overflow`.'),
    known_tiers: z
      .array(identityValueSchema)
      .max(100)
      .default([])
      .describe('When not empty, any other tier is counted as `_invalid`.'),
  })
  .describe('Which counters are exported, and how their labels are bounded.');

const maasHeadersSchema = z
  .object({
    export_routing: z
      .boolean()
      .default(true)
      .describe(
        'Whether answers tell model, decision, category, reasoning mode and system prompt.',
      ),
    export_cache: z.boolean().default(true).describe('Whether answers tell a cache hit.'),
    export_security: z
      .boolean()
      .default(false)
      .describe('Whether answers tell blocks and detections: types, never values.'),
    prefix: z
      .string()
      .min(1)
      .max(64)
      .regex(
        /^[!#$%&'*+.^_`|~0-9a-z-]+$/,
        'must be the beginning of a header name, in lower case, such as x-vsr-',
      )
      .default('x-vsr-')
      .describe('Beginning of the names of these headers, in lower case.'),
  })
  .describe('Which response headers are added.');

export const maasIntegrationSchema = z
  .object({
    enabled: z
      .boolean()
      .default(false)
      .describe('Whether callers are told apart and usage is counted for MaaS-billing.'),
    authentication: authenticationSchema.prefault({}),
    metrics: maasMetricsSchema.prefault({}),
    headers: maasHeadersSchema.prefault({}),
  })
  .describe('Usage tracking for MaaS-billing; off unless `enabled`.');
