// The part of the spec about who calls: which credentials Authorino accepts and how they become the
// caller identity.
import { z } from 'zod';
import { identityValueSchema, mapOf } from '../../config/schema/primitives.ts';
import {
  annotationsSchema,
  labelsSchema,
  objectNameSchema,
  passedOnSchema,
} from './kubernetes-shapes.ts';
import { setOf, withRules } from './rules.ts';

const authorinoServiceSchema = z
  .object({
    host: z
      .string()
      .min(1)
      .max(253)
      .default('authorino-authorino-authorization.authorino.svc.cluster.local')
      .describe('DNS name or address of its authorization service.'),
    port: z.int().min(1).max(65_535).default(50_051).describe('Its gRPC port.'),
    caFile: z
      .string()
      .min(1)
      .max(4096)
      .optional()
      .describe('PEM authorities, as Envoy’s container sees them; plaintext when left out.'),
    timeoutSeconds: z.number().min(0.1).max(60).default(2).describe('Refused (503) after that.'),
  })
  .describe('Where Envoy finds Authorino.');

const apiKeysSchema = z
  .object({
    matchLabels: labelsSchema
      .default({})
      .describe(
        'Labels of the Secrets that hold the keys (`api_key`), beside ' +
          '`authorino.kuadrant.io/managed-by: authorino`; an instance label when empty.',
      ),
    prefix: z
      .string()
      .max(64)
      .default('sk-')
      .describe('Beginning of every key, which tells keys from tokens.'),
    allNamespaces: z.boolean().default(false).describe('Whether Secrets of all namespaces count.'),
    userAnnotation: z
      .string()
      .min(1)
      .max(317)
      .default('semantic-router.io/user')
      .describe('Annotation of the Secret with the user; its namespace/name when absent.'),
    tierAnnotation: z
      .string()
      .min(1)
      .max(317)
      .default('semantic-router.io/tier')
      .describe('Annotation of the Secret with the tier.'),
    groupsAnnotation: z
      .string()
      .min(1)
      .max(317)
      .default('semantic-router.io/groups')
      .describe(
        'Annotation of the Secret with the groups, separated by commas; read where the ' +
          'configuration has a use for groups.',
      ),
  })
  .describe('API keys in Secrets, as bearer tokens.');

const kubernetesTokensSchema = z
  .object({
    audiences: setOf(z.array(z.string().min(1).max(256)).min(1).max(16)).describe(
      'Audiences that a ServiceAccount token must carry.',
    ),
    tierByGroup: mapOf(z.string().min(1).max(256), identityValueSchema, 100)
      .default({})
      .describe(
        'Tier by group, such as `system:serviceaccounts:premium`; where several groups fit, the ' +
          'one whose tier stands last in `tiers`.',
      ),
  })
  .describe('Tokens of Kubernetes ServiceAccounts and users.');

const jwtSchema = z
  .object({
    issuerUrl: z
      .string()
      .max(2048)
      .regex(/^https?:\/\/[!-~]+$/, 'must be a URL')
      .describe('Issuer, whose keys are discovered; tokens of others are refused.'),
    audiences: setOf(z.array(z.string().min(1).max(256)).min(1).max(16)).describe(
      'Audiences, one of which a token must carry.',
    ),
    userClaim: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a claim name')
      .max(128)
      .default('preferred_username')
      .describe('Claim with the user; `sub` where it is absent.'),
    tierClaim: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a claim name')
      .max(128)
      .default('tier')
      .describe('Claim with the tier.'),
    groupsClaim: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a claim name')
      .max(128)
      .default('groups')
      .describe(
        'Claim with the groups, a list or a text with commas; read where the configuration has a ' +
          'use for groups.',
      ),
  })
  .describe('Tokens of an OpenID Connect issuer.');

export const authSchema = withRules(
  z.object({
    provider: z
      .enum(['None', 'Authorino'])
      .default('None')
      .describe(
        '`Authorino`: Envoy asks it about each request. `None`: a gateway in front has done so.',
      ),
    trustIncomingHeaders: z
      .boolean()
      .default(false)
      .describe(
        'With provider `None`: whether identity headers are believed, because only a gateway that ' +
          'sets them can reach the pods (see `networkPolicy.clientsFrom`).',
      ),
    authorino: authorinoServiceSchema.prefault({}),
    host: z
      .string()
      .min(1)
      .max(253)
      .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be a host name in lower case')
      .optional()
      .describe(
        'Key that links Envoy with the AuthConfig; `<name>.<namespace>` when left out. One of that ' +
          'form must end with the resource’s own namespace.',
      ),
    labels: labelsSchema.default({}).describe('Labels of the AuthConfig, for a sharded Authorino.'),
    annotations: annotationsSchema.default({}).describe('Annotations of the AuthConfig.'),
    tiers: setOf(z.array(identityValueSchema).min(1).max(100))
      .default(['free', 'premium', 'enterprise'])
      .describe('The tiers there are, the lowest first; any other is refused (403).'),
    defaultTier: identityValueSchema
      .default('free')
      .describe('Tier of credentials that tell none.'),
    apiKeys: apiKeysSchema.optional(),
    kubernetesTokens: kubernetesTokensSchema.optional(),
    jwt: jwtSchema.optional(),
    authentication: mapOf(objectNameSchema, passedOnSchema, 32)
      .optional()
      .describe(
        'A block `authentication` of your own for the AuthConfig, in the place of the three above; ' +
          'its entries must set `sr_user` and `sr_tier` by `overrides`, and `sr_groups` if they have any.',
      ),
  }),
  [
    {
      message:
        'provider Authorino needs at least one of apiKeys, kubernetesTokens, jwt and authentication',
      cel:
        "self.provider != 'Authorino' || has(self.apiKeys) || has(self.kubernetesTokens) || " +
        'has(self.jwt) || (has(self.authentication) && size(self.authentication) > 0)',
      holds: (auth) =>
        auth.provider !== 'Authorino' ||
        hasBuiltIn(auth) ||
        Object.keys(auth.authentication ?? {}).length > 0,
    },
    {
      message: 'apiKeys, kubernetesTokens and jwt have no effect beside authentication',
      cel:
        '!has(self.authentication) || ' +
        '!(has(self.apiKeys) || has(self.kubernetesTokens) || has(self.jwt))',
      holds: (auth) => auth.authentication === undefined || !hasBuiltIn(auth),
      asksPresence: true,
      field: 'authentication',
    },
    {
      message: 'must be false with provider Authorino, which refuses such headers',
      cel: "self.provider != 'Authorino' || !self.trustIncomingHeaders",
      holds: ({ provider, trustIncomingHeaders }) =>
        provider !== 'Authorino' || !trustIncomingHeaders,
      field: 'trustIncomingHeaders',
    },
    {
      message: 'must be one of tiers',
      cel: 'self.defaultTier in self.tiers',
      holds: ({ defaultTier, tiers }) => tiers.includes(defaultTier),
      field: 'defaultTier',
    },
    {
      message: 'the values of tierByGroup must be among tiers',
      cel:
        '!has(self.kubernetesTokens) || self.kubernetesTokens.tierByGroup.all(group, ' +
        'self.kubernetesTokens.tierByGroup[group] in self.tiers)',
      holds: ({ kubernetesTokens, tiers }) =>
        Object.values(kubernetesTokens?.tierByGroup ?? {}).every((tier) => tiers.includes(tier)),
      field: 'kubernetesTokens',
    },
  ],
).describe('Who may call, and as whom.');

function hasBuiltIn(auth: {
  readonly apiKeys?: unknown;
  readonly kubernetesTokens?: unknown;
  readonly jwt?: unknown;
}): boolean {
  return [auth.apiKeys, auth.kubernetesTokens, auth.jwt].some((source) => source !== undefined);
}
