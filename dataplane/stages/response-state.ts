// The state of the answering half of an exchange, and of its ending.
import type { HeaderMutation, MaybePromise, ResponseHead } from '../domain/http.ts';
import type { Usage } from '../domain/usage.ts';
import type { RespondReason } from './stage.ts';
import type {
  Decided,
  Encoded,
  Guarded,
  Identified,
  LookedUp,
  Parsed,
  Prompted,
  Reasoned,
  Received,
  Routed,
  Signalled,
  WithBody,
} from './state.ts';

/** Everything that the request stages fill in. */
export type RequestState = Received &
  Identified &
  WithBody &
  Parsed &
  Signalled &
  Decided &
  Guarded &
  LookedUp &
  Routed &
  Reasoned &
  Prompted &
  Encoded;

/** What is kept of a request that went upstream: facts, and none of its bytes. */
export type ForwardedState = Omit<
  RequestState,
  | 'body'
  | 'request'
  | 'upstreamBody'
  | 'facts'
  | 'signals'
  | 'verdict'
  | 'groups'
  | 'headers'
  | 'reasoningEdits'
  | 'promptEdits'
  | 'maskEdits'
>;

/** Known when the response headers have come. */
export interface Answering {
  /** Nothing answers before the request was forwarded. */
  readonly forwarded: ForwardedState;
  readonly responseHead: ResponseHead;
  readonly status: number;
}

export interface Annotated {
  readonly responseHeaders: HeaderMutation;
}

/** What was seen of the response body. */
export interface Observation {
  /** The last usage that the backend reported; undefined when none. */
  readonly usage: Usage | undefined;
  readonly finishReason: string | undefined;
  /** Completion tokens guessed from the text that went by, for when none were reported. */
  readonly estimatedCompletionTokens: number;
  /** Whether a body that should have been JSON was not. */
  readonly broken: boolean;
  /** The whole body, decoded, where a cache may store it; or that it is longer than one stores. */
  readonly body: Buffer | 'too-long' | undefined;
}

/** Takes the chunks of one response body. */
export interface BodyObserver {
  /** Returns the bytes to hand on; undefined: exactly those that came. */
  feed(chunk: Buffer, last: boolean): MaybePromise<Buffer | undefined>;
  /** What was seen so far; waits for a decoder where the body is compressed. */
  observed(): MaybePromise<Observation>;
}

export interface Observed {
  readonly eventStream: boolean;
  readonly observer: BodyObserver;
}

/** An exchange that is over. Request records are there as far as its stages got. */
export interface Ended {
  readonly request: Received & Partial<RequestState>;
  /** Why the router answered by itself; undefined when it did not. */
  readonly respondReason: RespondReason | undefined;
  /** Whether the request went upstream. */
  readonly wasForwarded: boolean;
  /** Whether the last message of the response was seen. */
  readonly wasComplete: boolean;
  /** HTTP status that the client got; undefined when none was seen. */
  readonly status: number | undefined;
  readonly contentType: string | undefined;
  readonly observation: Observation | undefined;
  readonly timing: {
    /** Milliseconds since the epoch. */
    readonly startedAtMs: number;
    readonly routingMs: number;
    readonly firstByteMs: number | undefined;
    readonly totalMs: number;
  };
}
