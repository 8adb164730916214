// Stage 6: an answer that was given before, or one to an identical request that is on its way.
import { parseAssembled, type AssembledAnswer } from '../domain/cache/answer/assembled-answer.ts';
import { renderAnswer } from '../domain/cache/answer/render-answer.ts';
import type { MaybePromise } from '../domain/http.ts';
import type { GivenAnswer, SemanticCache } from '../ports.ts';
import { prepareVisit, type VisitState } from './cache/prepare-visit.ts';
import { isFreshEnough, search, type SearchResult } from './cache/search.ts';
import type { CacheVisit, Prepared } from './cache/visit.ts';
import { proceed, type Stage, type StageDeps, type StageResult } from './stage.ts';
import type { LookedUp } from './state.ts';

const notAsked: LookedUp = { cached: undefined };

export const lookupCache: Stage<VisitState, LookedUp> = {
  name: 'lookup-cache',
  run(state, deps): MaybePromise<StageResult<LookedUp>> {
    const { cache } = deps;
    const { plan } = state;
    if (cache === undefined || plan?.cache === undefined) return proceed(notAsked);
    const prepared = prepareVisit(state, { ...plan, cache: plan.cache }, cache);
    if ('bypass' in prepared) {
      cache.telemetry.bypass(prepared.bypass);
      return proceed(notAsked);
    }
    if (typeof prepared.prompt === 'string') cache.telemetry.similarSkip(prepared.prompt);
    const visit: Visit = { state, prepared, cache, deps };
    if (!prepared.mayRead) return proceed({ cached: keepFor(visit, {}) });
    return lookUp(visit);
  },
};

interface Visit {
  readonly state: VisitState;
  readonly prepared: Prepared;
  readonly cache: SemanticCache;
  readonly deps: StageDeps;
}

/** The first of identical requests looks, and goes upstream; others wait for it, but not for long. */
function lookUp(visit: Visit): MaybePromise<StageResult<LookedUp>> {
  const { cache, prepared } = visit;
  const { exact, mayStore, partition, policy } = prepared;
  // Nobody may wait for what its client wants to have for itself.
  if (!mayStore || policy.waitMs === 0) return lookUpAlone(visit, undefined);
  const boarding = cache.flights.board(`${partition}/${exact}`, policy.waitMs);
  if (boarding.kind === 'leads') return lookUpAlone(visit, boarding.flight);
  return boarding.answer.then((given) => {
    if (given === undefined || !isFreshEnough(given, prepared, visit.deps)) {
      return lookUpAlone(visit, undefined);
    }
    const answer = parseAssembled(given.answer);
    if (answer === undefined) return lookUpAlone(visit, undefined);
    cache.telemetry.lookup('flight');
    return give(visit, given, answer);
  });
}

function lookUpAlone(
  visit: Visit,
  flight: CacheVisit['flight'],
): MaybePromise<StageResult<LookedUp>> {
  const embedder = sharing(visit.deps.embedder, visit.state.facts);
  const found = search(visit.prepared, { ...visit.deps, cache: visit.cache, embedder });
  return found instanceof Promise
    ? found.then((result) => settle(visit, result, flight))
    : settle(visit, found, flight);
}

/** Signals and guards may have had the prompt embedded already. */
function sharing(
  embedder: StageDeps['embedder'],
  facts: VisitState['facts'],
): StageDeps['embedder'] {
  return embedder === undefined
    ? undefined
    : {
        id: embedder.id,
        embed: (text, options) =>
          text === facts.latestUserText()
            ? facts.embedding(options)
            : embedder.embed(text, options),
      };
}

function settle(
  visit: Visit,
  { hit, vector }: SearchResult,
  flight: CacheVisit['flight'],
): StageResult<LookedUp> {
  const { cache, prepared } = visit;
  const answer = hit && parseAssembled(hit.stored.answer);
  if (hit === undefined || answer === undefined) {
    cache.telemetry.lookup('miss');
    return proceed({ cached: keepFor(visit, { wasAsked: true, vector, flight }) });
  }
  const { match, stored } = hit;
  if (cache.random() < prepared.policy.shadowRatio) {
    cache.telemetry.lookup('miss');
    const shadow = { match, answer };
    return proceed({ cached: keepFor(visit, { wasAsked: true, vector, flight, shadow }) });
  }
  cache.telemetry.lookup(match);
  flight?.land(stored);
  return give(visit, stored, answer);
}

function keepFor({ prepared }: Visit, more: Partial<CacheVisit>): CacheVisit {
  const { exact, mayStore, partition, policy, prompt, ttlMs } = prepared;
  const comparable = typeof prompt === 'object' ? prompt : undefined;
  return {
    policy,
    key: { partition, exact, canonical: comparable?.canonical },
    prompt: comparable?.text,
    vector: undefined,
    wasAsked: false,
    mayStore,
    ttlMs,
    flight: undefined,
    shadow: undefined,
    ...more,
  };
}

function give(
  { state, prepared, deps }: Visit,
  given: GivenAnswer,
  answer: AssembledAnswer,
): StageResult<LookedUp> {
  const { request } = state;
  const rendered = renderAnswer(answer, {
    id: state.id,
    createdSeconds: Math.floor(deps.clock.now() / 1000),
    stream: request.stream,
    // As in a stream from upstream, where a limiter behind the router may count it.
    showsUsage: request.includeUsage || !deps.runtime.hidesForcedUsage,
    usage: prepared.policy.usageOfHits,
  });
  return {
    kind: 'respond',
    reason: { kind: 'cache_hit', answer: given },
    answer: {
      status: 200,
      headers: [['content-type', rendered.contentType]],
      body: rendered.body,
      details: 'router_cache_hit',
    },
  };
}
