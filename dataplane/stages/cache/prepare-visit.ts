// Reads from a request what it is looked up by, or why it is not. Asks no store.
import { cacheControlHeader } from '../../../config/names.ts';
import type { SimilarSkip } from '../../domain/cache/bypass.ts';
import { readCacheControl, shorterTtl } from '../../domain/cache/cache-control.ts';
import { canonicalForm } from '../../domain/cache/canonical-form.ts';
import { digest, partitionOf, type PartitionParts } from '../../domain/cache/key.ts';
import type { CachePolicy } from '../../domain/cache/policy.ts';
import { readCacheable, type CacheableRequest } from '../../domain/cache/read-request.ts';
import { readPrompt } from '../../domain/cache/reading/read-prompt.ts';
import { asksAboutNow, textGate } from '../../domain/cache/text-gates.ts';
import type { HeaderList } from '../../domain/http.ts';
import type { SemanticCache } from '../../ports.ts';
import type { RoutePlan } from '../../runtime/runtime.ts';
import type { Decided, Guarded, Identified, Parsed, Received, Signalled } from '../state.ts';
import type { Bypassed, Comparable, Prepared } from './visit.ts';

export type VisitState = Received & Identified & Parsed & Signalled & Decided & Guarded;

/** The cheap reasons against it come before those that the body must be read for. */
export function prepareVisit(
  state: VisitState,
  plan: RoutePlan & { readonly cache: CachePolicy },
  cache: SemanticCache,
): Prepared | Bypassed {
  const { request, detections, head } = state;
  const policy = plan.cache;
  if (request.endpoint !== 'chat.completions') return { bypass: 'endpoint' };
  const control = readCacheControl(headerOf(head.headers));
  if (!control.mayRead && !control.mayStore) return { bypass: 'client' };
  const scope = scopeOf(state, policy, cache);
  if (scope === undefined) return { bypass: 'identity' };
  if (request.body.length > policy.maxRequestBytes) return { bypass: 'size' };
  if (detections.length > 0) return { bypass: 'detection' };
  const read = readCacheable(request.body, policy);
  if (typeof read === 'string') return { bypass: read };
  if (read.lastText !== undefined && asksAboutNow(read.lastText)) return { bypass: 'time' };
  return {
    policy,
    partition: partitionOf({
      scope,
      namespace: policy.namespace,
      endpoint: request.endpoint,
      decision: plan.decision,
      model: plan.model.name,
      upstreamModel: plan.upstreamModel,
      requestedModel: request.requestedModel,
      revision: policy.revision,
      conversation: read.conversation,
    }),
    exact: read.exact,
    mayRead: control.mayRead,
    mayStore: control.mayStore,
    maxAgeMs: control.maxAgeMs,
    ttlMs: shorterTtl(policy.ttlMs, control.ttlMs),
    prompt: policy.mode === 'exact' ? undefined : lazily(read, policy),
  };
}

/** All copies of the header together; each may only make less of the cache. */
function headerOf(headers: HeaderList): string | undefined {
  const values = headers.raw(cacheControlHeader);
  return values.length === 0 ? undefined : values.map((value) => Buffer.from(value)).join(',');
}

/** Undefined where answers are kept by user and nobody vouches for one. */
function scopeOf(
  { caller }: Identified,
  policy: CachePolicy,
  cache: SemanticCache,
): PartitionParts['scope'] | undefined {
  if (policy.scope === 'global') return 'global';
  if (caller === undefined || caller.userSource === 'fallback') return undefined;
  return { user: cache.hashUser(caller.user) };
}

function lazily(read: CacheableRequest, policy: CachePolicy): Comparable | SimilarSkip {
  if (read.hasTools) return 'tools';
  if (read.lastText === undefined) return 'last_turn';
  if (read.userTurns > policy.maxUserTurns) return 'turns';
  return textGate(read.lastText) ?? new LazyPrompt(read.lastText);
}

/** An identical request is found without its prompt having been read. */
class LazyPrompt implements Comparable {
  readonly text: string;
  #reading: Comparable['reading'] | undefined;
  #canonical: { readonly name: string | undefined } | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get reading(): Comparable['reading'] {
    return (this.#reading ??= readPrompt(this.text));
  }

  get canonical(): string | undefined {
    if (this.#canonical === undefined) {
      const form = canonicalForm(this.reading);
      this.#canonical = { name: form && digest([form]) };
    }
    return this.#canonical.name;
  }
}
