// Replies for the scriptable model server: what OpenAI-compatible backends send, and their quirks.
import type { IncomingHttpHeaders } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** What a reply does after its headers, in order. Each `write` is one chunk on the wire. */
export type Step =
  | { readonly write: string | Uint8Array }
  | { readonly waitMs: number }
  /** An informational response 103 with this `link`; in `before` only. */
  | { readonly earlyHints: string }
  /** Goes on when the promise is settled: a test's own gate. */
  | { readonly until: Promise<unknown> }
  /** Sends nothing more; over when the peer goes away. */
  | 'hang'
  /** Breaks the connection off, without the end of the body. */
  | 'reset';

export interface Reply {
  /** 200 when left out. */
  readonly status?: number;
  /** Without content-length the body is chunked. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Done before the headers are written; `hang` and `reset` here mean that none ever are. */
  readonly before?: readonly Step[];
  readonly steps?: readonly Step[];
  /** Sent after a chunked body; the header `trailer` is added. */
  readonly trailers?: Readonly<Record<string, string>>;
}

export interface ModelRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they came, with repeated headers. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** The body as JSON; undefined when it is none. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
  /** Resolves when the answer is over; `bytesSent` counts body bytes. */
  readonly ended: Promise<{ readonly how: 'finished' | 'aborted'; readonly bytesSent: number }>;
}

const encoders = { gzip: gzipSync, br: brotliCompressSync } as const;

interface CompletionOptions {
  readonly model?: string;
  readonly content?: string;
  /** Null: the backend reports no usage. */
  readonly usage?: object | null;
}

const defaults = {
  model: 'test-model',
  content: 'Hello there!',
  usage: { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 },
};

/** Any JSON with a content-length; compressed where `encoding` says so. */
export function jsonReply(
  value: unknown,
  options: {
    readonly status?: number;
    readonly headers?: Reply['headers'];
    readonly encoding?: keyof typeof encoders;
  } = {},
): Reply {
  const text = Buffer.from(JSON.stringify(value));
  const body = options.encoding === undefined ? text : encoders[options.encoding](text);
  return {
    status: options.status ?? 200,
    headers: {
      'content-type': 'application/json',
      'content-length': String(body.length),
      ...(options.encoding === undefined ? {} : { 'content-encoding': options.encoding }),
      ...options.headers,
    },
    steps: [{ write: body }],
  };
}

/** A chat completion as a backend returns it. */
export function chatCompletion(options: CompletionOptions = {}): object {
  const { model, content, usage } = { ...defaults, ...options };
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_764_000_000,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    ...(usage === null ? {} : { usage }),
  };
}

/** The data of each event of a streamed completion, one for each word, without `[DONE]`. */
export function chatChunks(options: CompletionOptions = {}): object[] {
  const { model, content, usage } = { ...defaults, ...options };
  const chunk = (choices: object[], extra: object = {}): object => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_764_000_000,
    model,
    choices,
    ...extra,
  });
  const deltas = content.split(/(?<= )/).map((word) => ({ content: word }));
  return [
    ...deltas.map((delta) => chunk([{ index: 0, delta, finish_reason: null }])),
    chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
    ...(usage === null ? [] : [chunk([], { usage })]),
  ];
}

/** The bytes of an event stream; `done` false leaves `data: [DONE]` out. */
export function sseText(
  events: readonly (object | string)[],
  options: { readonly done?: boolean; readonly newline?: '\n' | '\r\n' } = {},
): string {
  const newline = options.newline ?? '\n';
  const data = events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event)));
  const all = options.done === false ? data : [...data, '[DONE]'];
  return all.map((line) => `data: ${line}${newline}${newline}`).join('');
}

/** Bytes cut at the given positions, a pause between the pieces so that they travel apart. */
export function cutAt(bytes: string | Buffer, positions: readonly number[], gapMs = 2): Step[] {
  const whole = Buffer.from(bytes);
  const ends = [...positions.filter((at) => at > 0 && at < whole.length), whole.length];
  let start = 0;
  return ends.flatMap((end) => {
    const piece: Step = { write: whole.subarray(start, end) };
    const gap: Step[] = start > 0 && gapMs > 0 ? [{ waitMs: gapMs }] : [];
    start = end;
    return [...gap, piece];
  });
}

/** An event stream as one write for each event, `gapMs` between them. */
export function sseReply(
  events: readonly (object | string)[],
  options: {
    readonly done?: boolean;
    readonly newline?: '\n' | '\r\n';
    readonly gapMs?: number;
    /** Done after the last event, such as `reset` or `hang`. */
    readonly then?: readonly Step[];
    readonly headers?: Reply['headers'];
    readonly trailers?: Readonly<Record<string, string>>;
  } = {},
): Reply {
  const newline = options.newline ?? '\n';
  const text = sseText(events, options);
  const separator = `${newline}${newline}`;
  const writes = text.split(new RegExp(`(?<=${separator})`)).filter((piece) => piece !== '');
  const gap: Step[] = options.gapMs === undefined ? [] : [{ waitMs: options.gapMs }];
  return {
    headers: { 'content-type': 'text/event-stream', ...options.headers },
    steps: [
      ...writes.flatMap((write, index): Step[] =>
        index === 0 ? [{ write }] : [...gap, { write }],
      ),
      ...(options.then ?? []),
    ],
    ...(options.trailers === undefined ? {} : { trailers: options.trailers }),
  };
}

/** A chat completion by the model asked for, as event stream where asked. */
export function defaultReply(request: ModelRequest): Reply {
  const model = request.json?.['model'];
  const named = typeof model === 'string' ? { model } : {};
  return request.json?.['stream'] === true
    ? sseReply(chatChunks(named))
    : jsonReply(chatCompletion(named));
}
