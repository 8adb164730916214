// The block `authentication` of the AuthConfig: who may call, and the user and tier that each kind of
// credentials gives, as `sr_user` and `sr_tier`, and `sr_groups` where they are of use. Those are
// judged later, in one place (rules.ts), so the expressions here never fail: what they cannot make
// out becomes a value that is refused. A source that failed halfway would leave its raw claims behind
// for the next one.
import type { Spec } from '../../resource/spec.ts';
import type { DesiredContext } from '../context.ts';
import { asksForGroups } from './groups.ts';
import { acceptedApiKeys, apiKeyLabels, type ApiKeys } from './api-keys.ts';
import { celChoice, celString, celStrings } from './cel.ts';

type Auth = Spec['auth'];
type Source = Readonly<Record<string, unknown>>;

const bearer = { authorizationHeader: { prefix: 'Bearer' } };

export function authentication(context: DesiredContext): Readonly<Record<string, Source>> {
  const { auth } = context.spec;
  if (auth.authentication !== undefined) return auth.authentication;
  const apiKeys = acceptedApiKeys(context);
  const { kubernetesTokens, jwt } = auth;
  const hasTokens = kubernetesTokens !== undefined || jwt !== undefined;
  const withGroups = asksForGroups(context.config.value);
  const isKey = apiKeys === undefined ? undefined : keyCondition(apiKeys);
  const otherwise = isKey === undefined ? {} : when(`!(${isKey})`);
  return {
    ...(apiKeys === undefined
      ? {}
      : { 'api-key': apiKeySource(context, apiKeys, { hasTokens, withGroups }) }),
    ...(jwt === undefined ? {} : { jwt: { ...otherwise, ...jwtSource(auth, jwt, withGroups) } }),
    ...(kubernetesTokens === undefined
      ? {}
      : {
          'kubernetes-token': {
            ...otherwise,
            // A token that the issuer's keys vouch for is not shown to the API server.
            ...(jwt === undefined ? {} : { priority: 1 }),
            ...kubernetesSource(auth, kubernetesTokens, withGroups),
          },
        }),
  };
}

function when(predicate: string): Source {
  return { when: [{ predicate }] };
}

/** Tells API keys from tokens by their beginning or, where they have none, by their form. */
function keyCondition({ prefix }: ApiKeys): string {
  const value = 'request.headers["authorization"]';
  const isKey =
    prefix === ''
      ? `!${value}.matches(${celString(jwtForm)})`
      : `${value}.startsWith(${celString(`Bearer ${prefix}`)})`;
  return `"authorization" in request.headers && ${isKey}`;
}

const jwtForm = String.raw`^Bearer [A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$`;

function apiKeySource(
  context: DesiredContext,
  apiKeys: ApiKeys,
  { hasTokens, withGroups }: { readonly hasTokens: boolean; readonly withGroups: boolean },
): Source {
  const { allNamespaces, userAnnotation, tierAnnotation, groupsAnnotation } = apiKeys;
  const metadata = 'auth.identity.metadata';
  const annotation = (name: string, otherwise: string): string => {
    const key = celString(name);
    const has = `has(${metadata}.annotations) && ${key} in ${metadata}.annotations`;
    return `${has} ? ${metadata}.annotations[${key}] : ${otherwise}`;
  };
  const secretName = `${metadata}.namespace + "/" + ${metadata}.name`;
  return {
    ...(hasTokens || apiKeys.prefix !== '' ? when(keyCondition(apiKeys)) : {}),
    apiKey: {
      selector: { matchLabels: apiKeyLabels(context, apiKeys) },
      ...(allNamespaces ? { allNamespaces } : {}),
    },
    credentials: bearer,
    overrides: identity({
      user: annotation(userAnnotation, secretName),
      tier: annotation(tierAnnotation, celString(context.spec.auth.defaultTier)),
      groups: withGroups ? annotation(groupsAnnotation, celString('')) : undefined,
    }),
  };
}

function kubernetesSource(
  auth: Auth,
  tokens: NonNullable<Auth['kubernetesTokens']>,
  withGroups: boolean,
): Source {
  const { audiences, tierByGroup } = tokens;
  const groups = 'auth.identity.user.groups';
  const choices = groupsByTier(tierByGroup, auth.tiers).map(({ tier, names }) => ({
    condition: `has(${groups}) && ${celStrings(names)}.exists(name, name in ${groups})`,
    value: celString(tier),
  }));
  return {
    kubernetesTokenReview: { audiences },
    credentials: bearer,
    overrides: identity({
      user: 'auth.identity.user.username',
      tier: celChoice(choices, celString(auth.defaultTier)),
      groups: withGroups
        ? celChoice([{ condition: `has(${groups})`, value: groups }], '[]')
        : undefined,
    }),
  };
}

/**
 * The groups of each tier, the last tier first. The API server keeps no order of a map, so the order
 * is that of `tiers`.
 */
function groupsByTier(
  tierByGroup: Readonly<Record<string, string>>,
  tiers: readonly string[],
): { readonly tier: string; readonly names: readonly string[] }[] {
  const groups = Map.groupBy(Object.entries(tierByGroup), ([, tier]) => tier);
  return [...groups]
    .map(([tier, entries]) => ({ tier, names: entries.map(([name]) => name).sort() }))
    .sort((a, b) => tiers.indexOf(b.tier) - tiers.indexOf(a.tier));
}

/** Authorino checks signature and expiry alone; that the token is meant for us is checked here. */
function jwtSource(auth: Auth, jwt: NonNullable<Auth['jwt']>, withGroups: boolean): Source {
  const { issuerUrl, audiences, userClaim, tierClaim, groupsClaim } = jwt;
  const claims = 'auth.identity';
  const claim = (name: string): string => `${claims}[${celString(name)}]`;
  const has = (name: string): string => `${celString(name)} in ${claims}`;
  const isOurs = [
    `${has('iss')} && ${claim('iss')} == ${celString(issuerUrl)}`,
    `${has('aud')} && ${celStrings(audiences)}.exists(name, name in ` +
      `(type(${claim('aud')}) == list ? ${claim('aud')} : [${claim('aud')}]))`,
  ].join(' && ');
  const isText = (name: string): string =>
    `${has(name)} && type(${claim(name)}) == string && ${claim(name)} != ""`;
  return {
    jwt: { issuerUrl },
    credentials: bearer,
    overrides: identity({
      user: celChoice(
        [
          { condition: `!(${isOurs})`, value: '""' },
          { condition: has(userClaim), value: claim(userClaim) },
          { condition: has('sub'), value: claim('sub') },
        ],
        '""',
      ),
      tier: celChoice(
        [{ condition: isText(tierClaim), value: claim(tierClaim) }],
        celString(auth.defaultTier),
      ),
      groups: withGroups
        ? celChoice([{ condition: has(groupsClaim), value: claim(groupsClaim) }], '[]')
        : undefined,
    }),
  };
}

/** The expressions of an identity; without groups where nobody asks for them. */
interface IdentityExpressions {
  readonly user: string;
  readonly tier: string;
  readonly groups: string | undefined;
}

function identity({ user, tier, groups }: IdentityExpressions): Source {
  return {
    sr_user: { expression: user },
    sr_tier: { expression: tier },
    ...(groups === undefined ? {} : { sr_groups: { expression: groups } }),
  };
}
