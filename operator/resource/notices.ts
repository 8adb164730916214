// What the author of a spec that is right should know all the same. Pure.
import type { ResourceFinding } from './parse-resource.ts';
import type { Spec } from './spec.ts';

/** In the order of the spec; empty when there is nothing to say. */
export function noticesOfSpec({
  auth,
  networkPolicy,
}: Pick<Spec, 'auth' | 'networkPolicy'>): ResourceFinding[] {
  const isOpen = !networkPolicy.enabled || networkPolicy.clientsFrom.length === 0;
  if (!auth.trustIncomingHeaders || !isOpen) return [];
  return [
    {
      path: 'spec.auth.trustIncomingHeaders',
      message:
        'whoever reaches the pods may say who they are: ' +
        'let only the gateway in, by `spec.networkPolicy.clientsFrom`',
    },
  ];
}
