// What a configuration must say for the router to believe Authorino: added where the user has not
// said otherwise.
import type { RouterConfig } from '../../config/schema/index.ts';
import type { Spec } from '../resource/spec.ts';
import { asksForGroups } from './auth/groups.ts';
import { authorinoIdentity } from './auth-link.ts';

type Fields = Readonly<Record<string, unknown>>;

/** `value` itself when there is nothing to add. */
export function addIdentity(
  { value, config }: { readonly value: unknown; readonly config: RouterConfig },
  auth: Spec['auth'],
): unknown {
  const { enabled, authentication, metrics } = config.maas_integration;
  if (auth.provider !== 'Authorino' || !enabled) return value;
  const hasOwnSource =
    authentication.metadata !== undefined || authentication.attributes !== undefined;
  const hasOwnTiers = metrics.known_tiers.length > 0;
  if (hasOwnSource && hasOwnTiers) return value;
  const file = fieldsOf(value);
  const section = fieldsOf(file['maas_integration']);
  return {
    ...file,
    maas_integration: {
      ...section,
      ...(hasOwnSource
        ? {}
        : {
            authentication: {
              ...authorinoIdentity(asksForGroups(config)),
              ...said(section['authentication']),
            },
          }),
      ...(hasOwnTiers ? {} : { metrics: { ...said(section['metrics']), known_tiers: auth.tiers } }),
    },
  };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** The keys that have a value: one without is as good as absent. */
function said(section: unknown): Fields {
  return Object.fromEntries(
    Object.entries(fieldsOf(section)).filter(([, value]) => value !== null),
  );
}
