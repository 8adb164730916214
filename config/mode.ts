// Who bills: derived in this one place from the section `maas_integration`.
import type { RouterConfig } from './schema/index.ts';

/**
 * - `standalone`: the router counts by model and calculates costs itself;
 * - `maas`: counters carry user and tier, and MaaS-billing calculates;
 * - `hybrid`: as `maas`, and the router calculates too, to compare.
 */
export type BillingMode = 'standalone' | 'maas' | 'hybrid';

/** The billing mode; what the section says about counting means nothing unless it is enabled. */
export function billingMode({
  maas_integration,
}: Pick<RouterConfig, 'maas_integration'>): BillingMode {
  if (!maas_integration.enabled) return 'standalone';
  return maas_integration.metrics.internal_cost_calculation ? 'hybrid' : 'maas';
}
