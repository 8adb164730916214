// Looks for an answer that was given before: for the identical request, one that reads alike, one that
// means the same. Synchronous as far as the store and the prompt allow.
import { isVerified, type Match } from '../../domain/cache/match-prompts.ts';
import type { CachePolicy } from '../../domain/cache/policy.ts';
import type { MaybePromise } from '../../domain/http.ts';
import { isUnavailable, type Unavailable } from '../../domain/unavailable.ts';
import type {
  CacheTelemetry,
  FoundAnswer,
  PromptVector,
  SemanticCache,
  StoredAnswer,
  StoreProblem,
} from '../../ports.ts';
import type { StageDeps } from '../stage.ts';
import type { Comparable, Prepared } from './visit.ts';

export interface SearchResult {
  readonly hit: { readonly match: Match; readonly stored: StoredAnswer } | undefined;
  /** The prompt's vector where one was made. */
  readonly vector: PromptVector | undefined;
}

type SearchDeps = Pick<StageDeps, 'clock' | 'embedder'> & { readonly cache: SemanticCache };

/** Similar prompts that the verifier looks at, at most. */
const maxNeighbours = 8;

const nothing: SearchResult = { hit: undefined, vector: undefined };

export function search(prepared: Prepared, deps: SearchDeps): MaybePromise<SearchResult> {
  const found = findByName(prepared, deps);
  return found instanceof Promise
    ? found.then((hit) => orSimilar(hit, prepared, deps))
    : orSimilar(found, prepared, deps);
}

function orSimilar(
  found: FoundAnswer | undefined,
  prepared: Prepared,
  deps: SearchDeps,
): MaybePromise<SearchResult> {
  if (found !== undefined) return { hit: found, vector: undefined };
  const { policy, prompt } = prepared;
  if (typeof prompt !== 'object' || policy.mode !== 'semantic') return nothing;
  if (deps.embedder === undefined) {
    deps.cache.telemetry.similarSkip('embedding');
    return nothing;
  }
  return findSimilar(prepared, prompt, deps);
}

function findByName(prepared: Prepared, deps: SearchDeps): MaybePromise<FoundAnswer | undefined> {
  const { store } = deps.cache;
  const { exact, partition, prompt } = prepared;
  const canonical = typeof prompt === 'object' ? prompt : undefined;
  const fresh = (found: FoundAnswer | Unavailable | undefined): FoundAnswer | undefined => {
    if (found === undefined) return undefined;
    if (isUnavailable(found)) {
      reportProblem(deps.cache.telemetry, 'find', found);
      return undefined;
    }
    return isFreshEnough(found.stored, prepared, deps) ? found : undefined;
  };
  if (store.isLocal && canonical !== undefined) {
    // Reading the prompt takes longer than looking up an identical request.
    const identical = store.find(partition, { exact, canonical: undefined });
    if (!(identical instanceof Promise)) {
      const hit = fresh(identical);
      if (hit !== undefined) return hit;
    }
  }
  const found = store.find(partition, { exact, canonical: canonical?.canonical });
  return found instanceof Promise ? found.then(fresh) : fresh(found);
}

async function findSimilar(
  prepared: Prepared,
  prompt: Comparable,
  deps: SearchDeps,
): Promise<SearchResult> {
  const vector = await embedPrompt(prepared.policy, prompt.text, deps);
  if (vector === undefined) return nothing;
  const { cache } = deps;
  const { partition, policy } = prepared;
  const near = await cache.store.nearest(partition, {
    vector,
    atLeast: policy.threshold,
    limit: maxNeighbours,
  });
  if (isUnavailable(near)) {
    reportProblem(cache.telemetry, 'nearest', near);
    return { hit: undefined, vector };
  }
  const similar = near.find(
    ({ stored }) =>
      stored.prompt !== undefined &&
      isFreshEnough(stored, prepared, deps) &&
      isVerified(prompt.reading, stored.prompt, policy.verifier),
  );
  return { hit: similar && { match: 'semantic', stored: similar.stored }, vector };
}

/** Undefined where no vector may be compared, which is counted. */
export async function embedPrompt(
  policy: CachePolicy,
  text: string,
  { cache, embedder }: Pick<SearchDeps, 'cache' | 'embedder'>,
): Promise<PromptVector | undefined> {
  const embedding = embedder === undefined ? undefined : await embedder.embed(text);
  if (embedder === undefined || embedding === undefined || isUnavailable(embedding)) {
    cache.telemetry.similarSkip('embedding');
    return undefined;
  }
  // A part of a text, or one with unknown words, is as near to others as if it said nothing.
  if (embedding.truncated || embedding.tokens > policy.maxPromptTokens) {
    cache.telemetry.similarSkip('length');
    return undefined;
  }
  if (embedding.unknownTokens > 0) {
    cache.telemetry.similarSkip('words');
    return undefined;
  }
  return { space: embedder.id, values: embedding.vector };
}

export function isFreshEnough(
  { storedAtMs }: Pick<StoredAnswer, 'storedAtMs'>,
  { maxAgeMs }: Prepared,
  { clock }: Pick<SearchDeps, 'clock'>,
): boolean {
  return maxAgeMs === undefined || clock.now() - storedAtMs <= maxAgeMs;
}

export function reportProblem(
  telemetry: CacheTelemetry,
  operation: 'find' | 'nearest' | 'put',
  { unavailable }: Unavailable,
): void {
  telemetry.storeProblem(operation, isProblem(unavailable) ? unavailable : 'failed');
}

function isProblem(reason: Unavailable['unavailable']): reason is StoreProblem {
  return reason === 'deadline' || reason === 'overloaded' || reason === 'failed';
}
