// A hash over the few keys of the configuration that a router reads only when it starts: pods are
// replaced when one of them changes, and by no other change of the configuration.
import { contentHash } from '../../config/content-hash.ts';
import type { RouterConfig } from '../../config/schema/index.ts';

export const startupHashAnnotation = 'semantic-router.io/startup-hash';

/**
 * Each key is named here and an absent one leaves no trace: a later version of the operator, which
 * may know more keys, gives the same hash for what is unchanged.
 */
export function startupHash({ router, usage_ledger: ledger }: RouterConfig): string {
  const keys = {
    'router.ext_proc_tls.cert_file': router.ext_proc_tls?.cert_file,
    'router.ext_proc_tls.key_file': router.ext_proc_tls?.key_file,
    'router.ext_proc_tls.client_ca_file': router.ext_proc_tls?.client_ca_file,
    'usage_ledger.directory': ledger.directory,
    'usage_ledger.durability': ledger.durability,
    'usage_ledger.max_bytes': ledger.max_bytes,
  };
  return contentHash(JSON.stringify(keys));
}
