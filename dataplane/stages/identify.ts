// Stage 1: who pays. Reads one configured kind of source and believes no other.
import { apiError } from '../domain/api-errors.ts';
import {
  readIdentityValue,
  readGroups,
  type CallerIdentity,
  type IdentitySource,
} from '../domain/caller-identity.ts';
import type { RequestHead } from '../domain/http.ts';
import type { IdentityPlan } from '../runtime/runtime.ts';
import { proceed, reject, type Stage } from './stage.ts';
import type { Identified, Received } from './state.ts';

export const identify: Stage<Received, Identified> = {
  name: 'identify',
  run({ head }, { runtime, telemetry }) {
    const plan = runtime.identity;
    if (plan === undefined) return proceed({ caller: undefined, groups: undefined });
    const user = readField(head, plan, plan.user);
    const tier = readField(head, plan, plan.tier);
    if (user === undefined) telemetry.identityFallback('user');
    if (tier === undefined) telemetry.identityFallback('tier');
    if (plan.rejectsMissing && (user === undefined || tier === undefined)) {
      return reject(
        'unauthenticated',
        apiError('unauthenticated', 'The request carries no verified user and tier.'),
      );
    }
    return proceed({ caller: callerOf(plan, user, tier), groups: groupsOf(head, plan) });
  },
};

function callerOf(
  plan: IdentityPlan,
  user: string | undefined,
  tier: string | undefined,
): CallerIdentity {
  const sourceOf = (value: string | undefined): IdentitySource =>
    value === undefined ? 'fallback' : plan.source;
  return {
    user: user ?? plan.fallbackUser,
    tier: tier ?? plan.fallbackTier,
    userSource: sourceOf(user),
    tierSource: sourceOf(tier),
  };
}

function readField(head: RequestHead, plan: IdentityPlan, name: string): string | undefined {
  switch (plan.source) {
    case 'metadata':
      return readIdentityValue(head.facts.metadata(plan.namespace, name));
    case 'attributes':
      return readIdentityValue(head.facts.attribute(name));
    case 'headers': {
      const values = head.headers.raw(name);
      // Two copies mean that somebody smuggled one: neither is believed.
      return values.length === 1 ? readIdentityValue(values[0]) : undefined;
    }
  }
}

/** Undefined where nobody tells groups; somebody without groups has an empty list. */
function groupsOf(
  { facts, headers }: RequestHead,
  plan: IdentityPlan,
): readonly string[] | undefined {
  const { source, namespace, groups: name } = plan;
  if (name === undefined) return undefined;
  switch (source) {
    case 'metadata':
      return readGroups(facts.metadataList(namespace, name) ?? facts.metadata(namespace, name));
    case 'attributes':
      return readGroups(facts.attribute(name));
    case 'headers': {
      const values = headers.raw(name);
      return values.length === 1 ? readGroups(values[0]) : [];
    }
  }
}
