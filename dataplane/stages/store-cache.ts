// Stage 13: a complete, successful answer is kept for the next one who asks, and given to those who
// wait for it. Whatever the ending, nobody is left waiting.
import {
  reachOf,
  type AssembledAnswer,
  type StoreRefusal,
} from '../domain/cache/answer/assembled-answer.ts';
import { readJsonAnswer } from '../domain/cache/answer/read-json-answer.ts';
import { readStreamAnswer } from '../domain/cache/answer/read-stream-answer.ts';
import { compareAnswers } from '../domain/cache/compare-answers.ts';
import { isUnavailable } from '../domain/unavailable.ts';
import type { SemanticCache, StoredAnswer } from '../ports.ts';
import { embedPrompt, reportProblem } from './cache/search.ts';
import type { CacheVisit } from './cache/visit.ts';
import type { Ended } from './response-state.ts';
import { proceed, type Stage, type StageDeps } from './stage.ts';

export const storeCache: Stage<Ended, object> = {
  name: 'store-cache',
  run(ended, deps) {
    const { cache } = deps;
    const { cached } = ended.request;
    if (cache === undefined || cached === undefined) return proceed({});
    const answer = readAnswer(ended);
    const stored = typeof answer === 'string' ? answer : storedOf(ended, { cached, answer, deps });
    cached.flight?.land(typeof stored === 'string' ? undefined : stored);
    if (typeof answer !== 'string') compareWithShadow(cached, answer, cache);
    // What the router answered itself, after the lookup, is no model's answer.
    if (!cached.mayStore || ended.respondReason !== undefined) return proceed({});
    if (typeof stored === 'string') cache.telemetry.answer(stored);
    else {
      keep(stored, { cached, cache, deps }).catch(() => {
        cache.telemetry.storeProblem('put', 'failed');
      });
    }
    return proceed({});
  },
};

function readAnswer({
  wasComplete,
  status,
  contentType,
  observation,
}: Ended): AssembledAnswer | StoreRefusal {
  if (status !== 200) return 'status';
  const body = observation?.body;
  if (!wasComplete || observation?.broken !== false || body === undefined) return 'incomplete';
  if (body === 'too-long') return 'size';
  const isStream = contentType?.toLowerCase().startsWith('text/event-stream') === true;
  return isStream ? readStreamAnswer(body) : readJsonAnswer(body);
}

interface Storing {
  readonly cached: CacheVisit;
  readonly answer: AssembledAnswer;
  readonly deps: StageDeps;
}

/** What is kept of an answer; or why nothing is. */
function storedOf(
  { request, observation }: Ended,
  { cached, answer, deps }: Storing,
): StoredAnswer | StoreRefusal {
  const { key, policy, prompt, ttlMs, vector } = cached;
  const reach = reachOf(answer);
  if (reach !== 'similar' && reach !== 'exact') return reach;
  const bytes = Buffer.from(JSON.stringify(answer));
  if (bytes.length > policy.maxAnswerBytes) return 'size';
  const now = deps.clock.now();
  const isSimilar = reach === 'similar';
  return {
    exact: key.exact,
    canonical: isSimilar ? key.canonical : undefined,
    prompt: isSimilar ? prompt : undefined,
    vector: isSimilar ? vector : undefined,
    model: request.route?.model.name ?? '',
    usage: observation?.usage,
    answer: bytes,
    storedAtMs: now,
    expiresAtMs: ttlMs === undefined ? undefined : now + ttlMs,
  };
}

/** The client has its answer already: nobody waits for this. */
async function keep(
  stored: StoredAnswer,
  { cached, cache, deps }: Omit<Storing, 'answer'> & { readonly cache: SemanticCache },
): Promise<void> {
  const { key, policy, wasAsked } = cached;
  // A request that would have no answer from the cache may still give one to it.
  const vector =
    stored.prompt !== undefined && policy.mode === 'semantic' && !wasAsked
      ? await embedPrompt(policy, stored.prompt, { cache, embedder: deps.embedder })
      : stored.vector;
  const problem = await cache.store.put(key.partition, { ...stored, vector });
  if (problem !== undefined && isUnavailable(problem)) {
    reportProblem(cache.telemetry, 'put', problem);
  } else {
    cache.telemetry.answer('stored');
  }
}

function compareWithShadow(
  { shadow }: CacheVisit,
  answer: AssembledAnswer,
  cache: SemanticCache,
): void {
  if (shadow === undefined) return;
  const likeness = compareAnswers(textOf(shadow.answer), textOf(answer));
  cache.telemetry.shadow(shadow.match, likeness);
}

/** All that a client reads of an answer. */
function textOf({ message }: AssembledAnswer): string {
  const { content, tool_calls: calls, function_call: call } = message;
  return [
    typeof content === 'string' ? content : '',
    ...[calls, call].map((some) => (some === undefined ? '' : JSON.stringify(some))),
  ].join('\n');
}
