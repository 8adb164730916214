// One exchange: drives the two lists of stages by what the transport reports, keeps what was
// learned, and ends exactly once.
import { apiError } from '../domain/api-errors.ts';
import { matchEndpoint } from '../domain/endpoints.ts';
import { modelObject } from '../domain/model-list.ts';
import type {
  HeaderMutation,
  ImmediateAnswer,
  MaybePromise,
  RequestHead,
  ResponseHead,
} from '../domain/http.ts';
import type { Ids, Log, SemanticCache } from '../ports.ts';
import type { Pin } from '../runtime/current.ts';
import { routingHeaders } from '../stages/annotate.ts';
import { reasons } from '../stages/apply-reasoning.ts';
import type { Finalized } from '../stages/finalize.ts';
import type {
  BodyObserver,
  Ended,
  ForwardedState,
  RequestState,
} from '../stages/response-state.ts';
import { reject, type Respond, type RespondReason, type StageDeps } from '../stages/stage.ts';
import type { Received } from '../stages/state.ts';
import type {
  Ending,
  Exchange,
  ExchangeFacts,
  HeadersVerdict,
  RequestVerdict,
  ResponseVerdict,
} from './exchange.ts';
import { exchangeFacts } from './exchange-facts.ts';
import { atRequestBody, atRequestHeaders } from './request.ts';
import { atEnding, atResponseHeaders } from './response.ts';
import type { Outcome, RunnerDeps } from './run.ts';

export interface ExchangeDeps extends Omit<StageDeps, 'runtime' | 'cache'> {
  readonly ids: Ids;
  readonly log: Log;
  /** Holds the Runtime in force; the exchange releases it when it ends. */
  readonly pin: () => Pin;
  /** The semantic cache in force; undefined: none. */
  readonly cache: () => SemanticCache | undefined;
}

const pass = { kind: 'pass' } as const;
const awaitBody: HeadersVerdict = { kind: 'await-body' };
const nothing: HeaderMutation = { set: [], remove: [] };

export function openExchange(deps: ExchangeDeps): Exchange {
  return new PipelineExchange(deps);
}

class PipelineExchange implements Exchange {
  readonly maxRequestBodyBytes: number;
  readonly #pin: Pin;
  readonly #deps: RunnerDeps;
  readonly #ids: Ids;
  readonly #startedAtMs: number;
  readonly #begunMs: number;
  #request: (Received & Partial<RequestState>) | undefined;
  #respondReason: RespondReason | undefined;
  #forwarded: ForwardedState | undefined;
  #routingMs: number | undefined;
  #firstByteMs: number | undefined;
  #status: number | undefined;
  #contentType: string | undefined;
  #observer: BodyObserver | undefined;
  #over = false;

  constructor({ ids, pin, cache, ...deps }: ExchangeDeps) {
    this.#pin = pin();
    this.#ids = ids;
    this.#deps = { ...deps, cache: cache(), runtime: this.#pin.runtime };
    this.#startedAtMs = deps.clock.now();
    this.#begunMs = deps.clock.monotonic();
    this.maxRequestBodyBytes = this.#pin.runtime.maxRequestBodyBytes;
  }

  requestHeaders(head: RequestHead): HeadersVerdict {
    const match = matchEndpoint(
      head.headers.get(':method') ?? 'GET',
      head.headers.get(':path') ?? '/',
    );
    switch (match.kind) {
      case 'foreign':
        return pass;
      case 'list-models':
        return this.#answer({
          kind: 'respond',
          reason: { kind: 'served' },
          answer: this.#deps.runtime.modelList,
        });
      case 'get-model':
        return this.#answer(this.#getModel(match.model));
      case 'method-not-allowed':
        return this.#answer(
          reject(
            'invalid_request',
            apiError('method_not_allowed', `Use ${match.allow} for this path.`, {
              headers: [['allow', match.allow]],
            }),
          ),
        );
      case 'metered': {
        this.#request = { id: this.#ids.next(), endpoint: match.endpoint, head };
        const outcome = atRequestHeaders.run(this.#request, this.#deps);
        if (outcome instanceof Promise) {
          throw new TypeError('stages at request headers are synchronous');
        }
        return outcome.kind === 'responded' ? this.#answer(outcome.response) : awaitBody;
      }
    }
  }

  requestBody(body: Buffer): MaybePromise<RequestVerdict> {
    const request = this.#request;
    if (request === undefined) return pass;
    // Envoy's buffer has room for what the router adds, so the limit itself is held here.
    if (body.length > this.maxRequestBodyBytes) return { kind: 'answer', answer: this.tooLarge() };
    const start = Object.assign(request, { body, caller: request.caller, groups: request.groups });
    const outcome = atRequestBody.run(start, this.#deps);
    return outcome instanceof Promise
      ? outcome.then((settled) => this.#decided(settled))
      : this.#decided(outcome);
  }

  tooLarge(): ImmediateAnswer {
    return this.#respond(
      reject(
        'body_too_large',
        apiError(
          'request_too_large',
          `The request body is larger than ${this.maxRequestBodyBytes} bytes.`,
        ),
      ),
    );
  }

  unsupported(reason: string): ImmediateAnswer {
    return this.#respond(reject('internal', apiError('internal_error', reason)));
  }

  responseHeaders(responseHead: ResponseHead): MaybePromise<ResponseVerdict> {
    const status = Number(responseHead.headers.get(':status'));
    this.#status = Number.isInteger(status) ? status : undefined;
    this.#contentType = responseHead.headers.get('content-type');
    this.#firstByteMs = this.#elapsed();
    const forwarded = this.#forwarded;
    // Not ours, or answered in our place before the request was decided (a 413 of the proxy).
    if (forwarded === undefined) return { headers: nothing, eventStream: false };
    const outcome = atResponseHeaders.run({ forwarded, responseHead, status }, this.#deps);
    const settle = (settled: Awaited<typeof outcome>): ResponseVerdict => {
      if (settled.kind === 'responded') return { headers: nothing, eventStream: false };
      this.#observer = settled.state.observer;
      return { headers: settled.state.responseHeaders, eventStream: settled.state.eventStream };
    };
    return outcome instanceof Promise ? outcome.then(settle) : settle(outcome);
  }

  responseBody(chunk: Buffer, last: boolean): MaybePromise<Buffer | undefined> {
    try {
      return this.#observer?.feed(chunk, last);
    } catch (error) {
      // The client's answer goes on; only what we would have learned from it is lost.
      this.#observer = undefined;
      this.#deps.log.error('observing a response failed', { error: String(error) });
      return undefined;
    }
  }

  finalize(ending: Ending): MaybePromise<ExchangeFacts | undefined> {
    if (this.#over) return undefined;
    this.#over = true;
    const request = this.#request;
    if (request === undefined) {
      // Refused by its method or path, served by the router itself, or not ours.
      const reason = this.#respondReason;
      if (reason?.kind === 'rejected') this.#deps.telemetry.requestError('', reason.error);
      this.#pin.release();
      return undefined;
    }
    const totalMs = this.#elapsed();
    const seen = this.#observer?.observed();
    const end = (observation: Ended['observation']): MaybePromise<ExchangeFacts | undefined> => {
      const outcome = atEnding.run(
        {
          request,
          respondReason: this.#respondReason,
          wasForwarded: this.#forwarded !== undefined,
          wasComplete: ending !== 'cut',
          status: this.#status,
          contentType: this.#contentType,
          observation,
          timing: {
            startedAtMs: this.#startedAtMs,
            routingMs: this.#routingMs ?? totalMs,
            firstByteMs: this.#firstByteMs,
            totalMs,
          },
        },
        this.#deps,
      );
      return outcome instanceof Promise
        ? outcome.then((settled) => this.#ended(settled))
        : this.#ended(outcome);
    };
    return seen instanceof Promise ? seen.then(end) : end(seen);
  }

  #decided(outcome: Outcome<Received, RequestState>): RequestVerdict {
    this.#routingMs = this.#elapsed();
    // The client left meanwhile: what waits for the answer must not do so in vain.
    if (this.#over) outcome.state.cached?.flight?.land(undefined);
    if (outcome.kind === 'responded') return this.#answer(outcome.response);
    const { headers, upstreamBody } = outcome.state;
    this.#forwarded = withoutBytes(outcome.state);
    this.#request = this.#forwarded;
    return { kind: 'forward', headers, body: upstreamBody };
  }

  #ended(outcome: Outcome<Ended, Ended & Finalized>): ExchangeFacts | undefined {
    this.#pin.release();
    const { record } = outcome.state;
    return record === undefined ? undefined : exchangeFacts(record);
  }

  #answer(response: Respond): { readonly kind: 'answer'; readonly answer: ImmediateAnswer } {
    return { kind: 'answer', answer: this.#respond(response) };
  }

  /** Remembers why the router answers by itself, and adds the headers that such an answer carries. */
  #respond({ reason, answer }: Respond): ImmediateAnswer {
    this.#respondReason = reason;
    this.#status = answer.status;
    const plan = this.#request?.route ?? this.#request?.plan;
    if (plan === undefined || reason.kind === 'rejected' || reason.kind === 'served') return answer;
    const isHit = reason.kind === 'cache_hit';
    const set = routingHeaders(this.#deps.runtime.responseHeaders, {
      model: isHit ? reason.answer.model : plan.model.name,
      decision: plan.decision,
      category: this.#request?.category,
      // A stored answer was asked for as the plan says: its key holds that.
      reasoning: isHit ? reasons(plan) : (this.#request?.reasoning ?? false),
      systemPromptInjected: isHit
        ? plan.systemPrompt !== undefined
        : (this.#request?.systemPromptInjected ?? false),
      cacheHit: isHit,
      blockReasons: reason.kind === 'blocked' ? reason.reasons : [],
      detections: reason.kind === 'blocked' ? reason.detections : (this.#request?.detections ?? []),
    });
    return { ...answer, headers: [...answer.headers, ...set] };
  }

  #getModel(name: string): Respond {
    const { models, autoModelNames } = this.#deps.runtime;
    if (!models.has(name) && !autoModelNames.has(name)) {
      return reject(
        'model_not_found',
        apiError('unknown_model', 'The model does not exist.', { param: 'model' }),
      );
    }
    return {
      kind: 'respond',
      reason: { kind: 'served' },
      answer: {
        status: 200,
        headers: [['content-type', 'application/json']],
        body: JSON.stringify(modelObject(name)),
        details: 'router_model',
      },
    };
  }

  /** To the microsecond: no clock here is finer, and lines that tell of it are shorter. */
  #elapsed(): number {
    return Math.round((this.#deps.clock.monotonic() - this.#begunMs) * 1000) / 1000;
  }
}

/**
 * A stream may go on for minutes: its bytes are let go of, its facts kept. Spelled out, since a copy
 * by rest syntax costs more than most stages do.
 */
function withoutBytes(state: RequestState): ForwardedState {
  return {
    id: state.id,
    endpoint: state.endpoint,
    head: state.head,
    caller: state.caller,
    asked: state.asked,
    plan: state.plan,
    category: state.category,
    detections: state.detections,
    placeholders: state.placeholders,
    cached: state.cached,
    route: state.route,
    reasoning: state.reasoning,
    systemPromptInjected: state.systemPromptInjected,
    usageForced: state.usageForced,
    promptTokens: state.promptTokens,
  };
}
