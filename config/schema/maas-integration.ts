// The section `maas_integration`: who pays, and what is told to MaaS-billing.
import { z } from 'zod';

const headerNameSchema = z.string().min(1).max(256);

export const authenticationSchema = z
  .object({
    user_header: headerNameSchema
      .default('x-auth-request-user')
      .describe('Request header that carries the user.'),
    tier_header: headerNameSchema
      .default('x-auth-request-tier')
      .describe('Request header that carries the tier.'),
    fallback_user: z
      .string()
      .min(1)
      .max(256)
      .default('unknown')
      .describe('User when none is known.'),
    fallback_tier: z.string().min(1).max(256).default('free').describe('Tier when none is known.'),
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
        user: z
          .string()
          .min(1)
          .max(256)
          .describe('Dotted path of the user, such as `identity.user`.'),
        tier: z
          .string()
          .min(1)
          .max(256)
          .describe('Dotted path of the tier, such as `identity.tier`.'),
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
      })
      .optional()
      .describe('Envoy attributes that carry the identity; headers are then not believed.'),
  })
  .describe('Where the caller identity comes from.');

export const maasMetricsSchema = z
  .object({
    export_token_metrics: z.boolean().default(true),
    export_cache_metrics: z.boolean().default(true),
    export_routing_metrics: z.boolean().default(true),
    export_security_metrics: z.boolean().default(true),
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
      .array(z.string().min(1).max(256))
      .max(100)
      .default([])
      .describe('When not empty, any other tier is counted as `_invalid`.'),
  })
  .describe('Which counters are exported, and how their labels are bounded.');

export const maasHeadersSchema = z
  .object({
    export_routing: z.boolean().default(true),
    export_cache: z.boolean().default(true),
    export_security: z.boolean().default(false),
    prefix: z.string().min(1).max(64).default('x-vsr-'),
  })
  .describe('Which response headers are added.');

export const maasIntegrationSchema = z
  .object({
    enabled: z.boolean().default(false),
    authentication: authenticationSchema.prefault({}),
    metrics: maasMetricsSchema.prefault({}),
    headers: maasHeadersSchema.prefault({}),
  })
  .describe('Usage tracking for MaaS-billing; off unless `enabled`.');
