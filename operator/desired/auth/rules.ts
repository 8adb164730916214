// The blocks `authorization` and `response` of the AuthConfig: which identities are let through, how
// they reach the router, and how everybody else is refused.
import { celString, celStrings } from './cel.ts';

/** Request headers that carry the identity, lower case. */
export interface IdentityHeaders {
  readonly user: string;
  readonly tier: string;
  /** Only kept from being forged: Authorino’s expressions cannot make one text of a list. */
  readonly groups?: string;
}

const user = 'auth.identity.sr_user';
const tier = 'auth.identity.sr_tier';
/** A list of texts, or a text with commas. A source of the user’s own may have set none. */
const groups = 'has(auth.identity.sr_groups) ? auth.identity.sr_groups : []';

/**
 * As the router reads an identity value: 1 to 256 bytes without control characters and without blanks
 * at the ends, which it would cut off. Envoy answers 503 to a header value with a line break.
 */
const blank = String.raw`\x00-\x20\x7f-\x{a0}\x{feff}\pZ`;
const control = String.raw`\x00-\x1f\x7f-\x{9f}`;
const wellFormed = `^[^${blank}]([^${control}]*[^${blank}])?$`;

/** `headers` is undefined where no header carries the identity. */
export function authorization(
  tiers: readonly string[],
  headers: IdentityHeaders | undefined,
): Readonly<Record<string, unknown>> {
  return {
    'identity-is-well-formed': patterns([
      `has(${user}) && type(${user}) == string && ${user}.matches(${celString(wellFormed)}) && size(bytes(${user})) <= 256`,
      `has(${tier}) && ${tier} in ${celStrings(tiers)}`,
    ]),
    ...(headers === undefined
      ? {}
      : {
          // Envoy has removed them already; whoever else asks Authorino may not have.
          'identity-is-not-forged': patterns(
            namesOf(headers).map((name) => `!(${celString(name)} in request.headers)`),
          ),
        }),
  };
}

function namesOf({ user, tier, groups }: IdentityHeaders): readonly string[] {
  return groups === undefined ? [user, tier] : [user, tier, groups];
}

function patterns(predicates: readonly string[]): object {
  return { patternMatching: { patterns: predicates.map((predicate) => ({ predicate })) } };
}

/** Name of the object in the dynamic metadata that holds the identity. */
export const identityObject = 'identity';

// Constants stand in `expression` wherever a request succeeds: Authorino v0.27 prints a `value`
// there as a dump of its bytes.
export function response(
  headers: IdentityHeaders | undefined,
  withGroups: boolean,
): Readonly<Record<string, unknown>> {
  return {
    success: {
      dynamicMetadata: {
        [identityObject]: {
          json: {
            properties: {
              user: { expression: user },
              tier: { expression: tier },
              ...(withGroups ? { groups: { expression: groups } } : {}),
            },
          },
        },
      },
      ...(headers === undefined
        ? {}
        : {
            headers: {
              [headers.user]: { plain: { expression: user } },
              [headers.tier]: { plain: { expression: tier } },
            },
          }),
    },
    unauthenticated: refusal(
      401,
      {
        message: 'The credentials are missing or not valid.',
        type: 'authentication_error',
        code: 'unauthenticated',
      },
      { 'www-authenticate': 'Bearer realm="semantic-router"' },
    ),
    unauthorized: refusal(403, {
      message: 'These credentials may not be used here.',
      type: 'permission_error',
      code: 'forbidden',
    }),
  };
}

/** In the form that OpenAI clients read. */
function refusal(
  status: number,
  {
    message,
    type,
    code,
  }: { readonly message: string; readonly type: string; readonly code: string },
  headers: Readonly<Record<string, string>> = {},
): object {
  const all = { 'content-type': 'application/json', ...headers };
  return {
    code: status,
    message: { value: code },
    headers: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, { value }])),
    body: { value: JSON.stringify({ error: { message, type, param: null, code } }) },
  };
}
