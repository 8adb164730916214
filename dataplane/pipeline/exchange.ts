// The conversation about one HTTP request, as a transport holds it with the pipeline. It knows no
// proxy: a transport (ext_proc today) translates its messages into these calls and back.
import type { BodyPieces } from '../domain/body-pieces.ts';
import type {
  HeaderMutation,
  ImmediateAnswer,
  MaybePromise,
  RequestHead,
  ResponseHead,
} from '../domain/http.ts';

/** What to do once the request headers are known. */
export type HeadersVerdict =
  /** The request is ours: its body must be seen whole before it goes anywhere. */
  | { readonly kind: 'await-body' }
  /** Not ours: request and response pass untouched and unseen. */
  | { readonly kind: 'pass' }
  | { readonly kind: 'answer'; readonly answer: ImmediateAnswer };

/** What to do once the whole request is known. */
export type RequestVerdict =
  | {
      readonly kind: 'forward';
      readonly headers: HeaderMutation;
      /** The body to send; undefined: exactly the bytes that came. */
      readonly body: BodyPieces | undefined;
    }
  /** Passes untouched and unseen after all. */
  | { readonly kind: 'pass' }
  | { readonly kind: 'answer'; readonly answer: ImmediateAnswer };

export interface ResponseVerdict {
  readonly headers: HeaderMutation;
  /** Whether the body is an event stream, which must be handed on chunk by chunk. */
  readonly eventStream: boolean;
}

/**
 * How an exchange ended, as far as a transport can know:
 * - `complete`: the last response message was seen;
 * - `answered`: the router gave an ImmediateAnswer;
 * - `cut`: the conversation closed before its end (client abort, backend reset, timeout, shutdown).
 */
export type Ending = 'complete' | 'answered' | 'cut';

/** Facts about a finished exchange for the proxy's access log; flat, numbers and strings only. */
export type ExchangeFacts = Readonly<Record<string, string | number>>;

/**
 * One exchange. A transport calls, in this order: `requestHeaders`, `requestBody` (when asked
 * for, once, with the whole body), `responseHeaders`, `responseBody` for each chunk; and `finalize`
 * exactly once, at any point, before it sends its last message. None of them throws.
 */
export interface Exchange {
  /** Largest request body in bytes; a transport that collects chunks answers beyond it by `tooLarge`. */
  readonly maxRequestBodyBytes: number;
  requestHeaders(head: RequestHead): HeadersVerdict;
  requestBody(body: Buffer): MaybePromise<RequestVerdict>;
  /** The answer to a body over the limit. */
  tooLarge(): ImmediateAnswer;
  /** The answer to a transport that cannot do what is asked, such as an unsupported body mode. */
  unsupported(reason: string): ImmediateAnswer;
  responseHeaders(head: ResponseHead): MaybePromise<ResponseVerdict>;
  /**
   * One piece of the response body, `last` on the final one (which may be empty). Returns the bytes
   * to hand on; undefined: exactly those that came.
   */
  responseBody(chunk: Buffer, last: boolean): MaybePromise<Buffer | undefined>;
  /** Ends the exchange; the first call counts, later ones return undefined. */
  finalize(ending: Ending): MaybePromise<ExchangeFacts | undefined>;
}
