// Whether Authorino is to tell the groups of callers: only where the configuration has a use for them.
import { billingMode } from '../../../config/mode.ts';
import type { RouterConfig } from '../../../config/schema/index.ts';

type Asking = Pick<RouterConfig, 'authz_rules' | 'maas_integration'>;

/** In standalone mode nobody is told apart, so nobody has groups. */
export function asksForGroups(config: Asking): boolean {
  if (billingMode(config) === 'standalone') return false;
  const { groups_header, metadata } = config.maas_integration.authentication;
  return (
    groups_header !== undefined ||
    metadata?.groups !== undefined ||
    config.authz_rules.some(({ groups }) => groups.length > 0)
  );
}
