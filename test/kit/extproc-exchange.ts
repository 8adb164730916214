// A small router in place of the pipeline: it routes by the `model` of a JSON body, keeps what it
// was told, and notes every breach of the order in which an exchange may be called.
import type {
  HeaderMutation,
  ImmediateAnswer,
  MaybePromise,
  RequestHead,
  ResponseHead,
} from '../../dataplane/domain/http.ts';
import type {
  Ending,
  Exchange,
  ExchangeFacts,
  HeadersVerdict,
  RequestVerdict,
  ResponseVerdict,
} from '../../dataplane/pipeline/exchange.ts';

/** What one exchange was told. */
export interface ExchangeNotes {
  path: string | undefined;
  requestBody: Buffer | undefined;
  status: string | undefined;
  contentType: string | undefined;
  /** Pieces of the response body, as they came. */
  readonly chunks: Buffer[];
  /** Whether the last piece was marked as such. */
  sawLast: boolean;
  readonly endings: Ending[];
  unsupported: string | undefined;
  /** Calls that the contract of an exchange forbids. */
  readonly breaches: string[];
}

/** What a test may have the exchange do otherwise. */
export interface ExchangeScript {
  readonly maxRequestBodyBytes?: number;
  readonly onRequestHeaders?: (head: RequestHead) => HeadersVerdict | undefined;
  readonly onRequestBody?: (body: Buffer) => MaybePromise<RequestVerdict> | undefined;
  readonly onResponseHeaders?: (head: ResponseHead) => MaybePromise<ResponseVerdict> | undefined;
  readonly onResponseBody?: (chunk: Buffer, last: boolean) => MaybePromise<Buffer | undefined>;
  readonly onFinalize?: (ending: Ending) => MaybePromise<ExchangeFacts | undefined>;
}

export interface ExchangeBook {
  /** One entry for each exchange opened, oldest first. */
  readonly notes: ExchangeNotes[];
  readonly open: () => Exchange;
}

export const noMutation: HeaderMutation = { set: [], remove: [] };

export function answerOf(status: number, body: string): ImmediateAnswer {
  return {
    status,
    headers: [['content-type', 'application/json']],
    body,
    details: `test_${status}`,
  };
}

/**
 * Exchanges that ask for the body of everything but `/pass`, forward it to the backend that its
 * `model` names, change it where it says `"rewrite": true` (a `note` is added), refuse the model
 * `blocked` by 403, and mark responses by the header `x-routed-to`.
 */
export function bookOfExchanges(script: ExchangeScript = {}): ExchangeBook {
  const notes: ExchangeNotes[] = [];
  return {
    notes,
    open: () => {
      const made: ExchangeNotes = {
        path: undefined,
        requestBody: undefined,
        status: undefined,
        contentType: undefined,
        chunks: [],
        sawLast: false,
        endings: [],
        unsupported: undefined,
        breaches: [],
      };
      notes.push(made);
      return new NotingExchange(script, made);
    },
  };
}

class NotingExchange implements Exchange {
  readonly maxRequestBodyBytes: number;
  readonly #script: ExchangeScript;
  readonly #notes: ExchangeNotes;
  #model = 'none';
  /** Calls so far, in the one order that is allowed. */
  #step = 0;

  constructor(script: ExchangeScript, notes: ExchangeNotes) {
    this.maxRequestBodyBytes = script.maxRequestBodyBytes ?? 52_428_800;
    this.#script = script;
    this.#notes = notes;
  }

  requestHeaders(head: RequestHead): HeadersVerdict {
    this.#expect('requestHeaders', 0, 0);
    this.#notes.path = head.headers.get(':path');
    const scripted = this.#script.onRequestHeaders?.(head);
    if (scripted !== undefined) return scripted;
    return this.#notes.path === '/pass' ? { kind: 'pass' } : { kind: 'await-body' };
  }

  requestBody(body: Buffer): MaybePromise<RequestVerdict> {
    this.#expect('requestBody', 1, 1);
    this.#notes.requestBody = Buffer.from(body);
    const scripted = this.#script.onRequestBody?.(body);
    if (scripted !== undefined) return scripted;
    const request = parse(body);
    this.#model = typeof request['model'] === 'string' ? request['model'] : 'none';
    if (this.#model === 'blocked')
      return { kind: 'answer', answer: answerOf(403, '{"blocked":1}') };
    return {
      kind: 'forward',
      headers: { set: [['x-selected-model', this.#model]], remove: ['x-secret'] },
      body:
        request['rewrite'] === true
          ? [Buffer.from(JSON.stringify({ ...request, note: 'added by the router' }))]
          : undefined,
    };
  }

  tooLarge(): ImmediateAnswer {
    this.#expect('tooLarge', 1, 1);
    return answerOf(413, '{"error":"too large"}');
  }

  unsupported(reason: string): ImmediateAnswer {
    this.#expect('unsupported', 0, 2);
    this.#notes.unsupported = reason;
    return answerOf(500, JSON.stringify({ error: reason }));
  }

  responseHeaders(head: ResponseHead): MaybePromise<ResponseVerdict> {
    this.#expect('responseHeaders', 1, 2);
    this.#step = 3;
    this.#notes.status = head.headers.get(':status');
    this.#notes.contentType = head.headers.get('content-type');
    const scripted = this.#script.onResponseHeaders?.(head);
    if (scripted !== undefined) return scripted;
    return {
      headers: { set: [['x-routed-to', this.#model]], remove: ['x-internal'] },
      eventStream: this.#notes.contentType === 'text/event-stream',
    };
  }

  responseBody(chunk: Buffer, last: boolean): MaybePromise<Buffer | undefined> {
    this.#expect('responseBody', 3, 3);
    this.#step = last ? 4 : 3;
    this.#notes.chunks.push(Buffer.from(chunk));
    this.#notes.sawLast = last;
    return this.#script.onResponseBody?.(chunk, last);
  }

  finalize(ending: Ending): MaybePromise<ExchangeFacts | undefined> {
    this.#notes.endings.push(ending);
    if (this.#notes.endings.length > 1) this.#notes.breaches.push('finalize came twice');
    this.#step = 9;
    if (this.#script.onFinalize !== undefined) return this.#script.onFinalize(ending);
    return { model: this.#model, chunks: this.#notes.chunks.length };
  }

  #expect(call: string, from: number, to: number): void {
    if (this.#step < from || this.#step > to) {
      this.#notes.breaches.push(`${call} came out of order`);
    }
    if (call === 'requestHeaders' || call === 'requestBody') this.#step += 1;
  }
}

function parse(body: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(body.toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
