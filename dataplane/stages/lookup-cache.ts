// Stage 6: an answer that was given before. Without a cache, or without a known model, nothing is
// looked up and the exchange carries no cache key.
import { proceed, type Stage, type StageResult } from './stage.ts';
import type { Decided, Identified, LookedUp, Parsed } from './state.ts';
import type { CachedAnswer, CacheKey } from '../ports.ts';

const notAsked: LookedUp = { cacheKey: undefined };

export const lookupCache: Stage<Identified & Parsed & Decided, LookedUp> = {
  name: 'lookup-cache',
  run({ caller, plan, request }, { cache }) {
    if (cache === undefined || plan === undefined || request.endpoint !== 'chat.completions') {
      return proceed(notAsked);
    }
    const cacheKey: CacheKey = {
      user: caller?.user,
      model: plan.model.name,
      decision: plan.decision,
      body: request.body,
    };
    const found = cache.lookup(cacheKey);
    return found instanceof Promise
      ? found.then((hit) => answer(cacheKey, hit))
      : answer(cacheKey, found);
  },
};

function answer(cacheKey: CacheKey, hit: CachedAnswer | undefined): StageResult<LookedUp> {
  if (hit === undefined) return proceed({ cacheKey });
  return {
    kind: 'respond',
    reason: { kind: 'cache_hit', answer: hit },
    answer: {
      status: 200,
      headers: [['content-type', hit.contentType]],
      body: hit.body,
      details: 'router_cache_hit',
    },
  };
}
