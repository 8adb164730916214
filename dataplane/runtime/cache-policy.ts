// RouterConfig to how requests of one plan may be answered from the cache.
import type { Decision, RouterConfig } from '../../config/schema/index.ts';
import { digest } from '../domain/cache/key.ts';
import type { CachePolicy } from '../domain/cache/policy.ts';
import type { RoutePlan } from './runtime.ts';

/** The parts of a plan that an answer depends on, beside what the key names by itself. */
type PlanParts = Pick<RoutePlan, 'model' | 'reasoning' | 'systemPrompt' | 'headerPlugin'>;

/** Undefined where requests of the plan are not cached. `plugins` are those of its decision. */
export function cachePolicyOf(
  { semantic_cache: cache, router }: Pick<RouterConfig, 'semantic_cache' | 'router'>,
  plan: PlanParts,
  plugins: Decision['plugins'] = [],
): CachePolicy | undefined {
  if (cache?.enabled !== true) return undefined;
  const plugin = plugins.find(({ type }) => type === 'semantic-cache');
  const own = plugin?.type === 'semantic-cache' ? plugin.configuration : undefined;
  if (own?.enabled === false) return undefined;
  const ttlSeconds = own?.ttl_seconds ?? cache.ttl_seconds;
  return {
    mode: own?.match ?? cache.match,
    threshold: own?.similarity_threshold ?? cache.similarity_threshold,
    verifier: own?.verifier ?? cache.verifier,
    scope: own?.scope ?? cache.scope,
    ttlMs: ttlSeconds === 0 ? undefined : ttlSeconds * 1000,
    maxTemperature: cache.max_temperature,
    maxPromptTokens: cache.max_prompt_tokens,
    maxUserTurns: cache.max_user_turns,
    maxRequestBytes: cache.max_request_bytes,
    maxAnswerBytes: cache.max_answer_bytes,
    shadowRatio: cache.shadow_ratio,
    // Envoy gives up on a router that does not answer in time.
    waitMs: Math.min(cache.wait_ms, (router.message_timeout_seconds * 1000) / 2),
    usageOfHits: cache.usage_of_hits,
    namespace: cache.namespace,
    revision: revisionOf(plan),
  };
}

/** Changes with what the router adds to a request, and with nothing else. */
function revisionOf({ model, reasoning, systemPrompt, headerPlugin }: PlanParts): string {
  const { reasoningFamily } = model;
  return digest([JSON.stringify([reasoningFamily, reasoning, systemPrompt, headerPlugin])]);
}
