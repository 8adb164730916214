// Stage 12: chunks of the response to usage, finish reason and, where a cache may store it, the
// whole body. What the client gets is what came, but for the usage chunk that the configuration
// hides, and for placeholders that a guard turns back.
import type { JsonAnswer } from '../domain/response-usage.ts';
import { createJsonObserver } from '../domain/response-usage.ts';
import { createStreamObserver } from '../domain/sse/stream-observer.ts';
import { createUsageHider, type UsageHider } from '../domain/sse/usage-hider.ts';
import type { AnswerFacts } from '../domain/answer/tally.ts';
import type { Placeholders } from '../domain/pii/placeholders.ts';
import {
  createJsonRestorer,
  createStreamRestorer,
  type AnswerRestorer,
} from '../domain/pii/restore-answer.ts';
import { estimateCompletionTokens } from '../domain/estimate-tokens.ts';
import type { Endpoint } from '../domain/usage-record.ts';
import type { ContentDecoder } from '../ports.ts';
import type { Answering, BodyObserver, Observation, Observed } from './response-state.ts';
import { proceed, type Stage } from './stage.ts';

/** Answers beyond this are passed on and not read: a completion is far smaller. */
const maxObservedBytes = 64 * 1024 * 1024;

export const observeBody: Stage<Answering, Observed> = {
  name: 'observe-body',
  run({ forwarded, responseHead, status }, { runtime, decoder }) {
    const type = responseHead.headers.get('content-type')?.toLowerCase() ?? '';
    const eventStream = type.startsWith('text/event-stream');
    const encoding = responseHead.headers.get('content-encoding')?.toLowerCase() ?? 'identity';
    const isPlain = encoding === 'identity' || encoding === '';
    const keeper =
      forwarded.cached !== undefined && status === 200
        ? new BodyKeeper(keptBytes(forwarded.cached.policy.maxAnswerBytes, eventStream))
        : undefined;
    const reader = withKeeper(
      eventStream ? streamReader(forwarded.endpoint) : jsonReader(forwarded.endpoint, status),
      keeper,
    );
    return proceed({
      eventStream,
      observer: new Observer({
        reader,
        decoder: isPlain
          ? undefined
          : decoder(encoding, (chunk) => {
              reader.feed(chunk);
            }),
        isReadable: isPlain,
        hider:
          eventStream && isPlain && forwarded.usageForced && runtime.hidesForcedUsage
            ? createUsageHider()
            : undefined,
        restorer: isPlain ? restorerFor(forwarded.placeholders, eventStream) : undefined,
        keeper,
      }),
    });
  },
};

function restorerFor(
  placeholders: Placeholders | undefined,
  eventStream: boolean,
): AnswerRestorer | undefined {
  if (placeholders === undefined) return undefined;
  return eventStream ? createStreamRestorer(placeholders) : createJsonRestorer(placeholders);
}

/** A stream says the same with many times the bytes, most of them its frame. */
const streamOverhead = 16;

function keptBytes(maxAnswerBytes: number, eventStream: boolean): number {
  return eventStream ? maxAnswerBytes * streamOverhead : maxAnswerBytes;
}

/** Keeps a body for the cache, up to so many bytes. */
class BodyKeeper {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  feed(chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > this.#maxBytes) this.#chunks = [];
    else if (chunk.length > 0) this.#chunks.push(chunk);
  }

  get body(): Buffer | 'too-long' {
    return this.#length > this.#maxBytes ? 'too-long' : Buffer.concat(this.#chunks);
  }
}

/** Keeps what is read: the decoded bytes, where they come compressed. */
function withKeeper(reader: BodyReader, keeper: BodyKeeper | undefined): BodyReader {
  if (keeper === undefined) return reader;
  return {
    feed: (chunk) => {
      keeper.feed(chunk);
      reader.feed(chunk);
    },
    end: () => {
      reader.end();
    },
    facts: () => reader.facts(),
  };
}

/** What both kinds of bodies are read by. */
interface BodyReader {
  feed(chunk: Buffer): void;
  end(): void;
  facts(): AnswerFacts & { readonly broken: boolean };
}

function streamReader(endpoint: Endpoint): BodyReader {
  const observer = createStreamObserver(endpoint);
  return {
    feed: (chunk) => {
      observer.feed(chunk);
    },
    end: () => {
      observer.end();
    },
    facts: () => ({
      usage: observer.usage,
      finishReason: observer.finishReason,
      contentEvents: observer.contentEvents,
      contentBytes: observer.contentBytes,
      errorEvent: observer.errorEvent,
      broken: false,
    }),
  };
}

function jsonReader(endpoint: Endpoint, status: number): BodyReader {
  const observer = createJsonObserver(endpoint, { maxBytes: maxObservedBytes });
  let answer: JsonAnswer | undefined;
  return {
    feed: (chunk) => {
      observer.feed(chunk);
    },
    end: () => {
      answer ??= observer.end();
    },
    facts: () => {
      const read = answer ?? observer.end();
      // An error page of a backend need not be JSON, and 204 has nothing to be.
      return { ...read, broken: read.broken && status === 200 };
    },
  };
}

interface ObserverParts {
  readonly reader: BodyReader;
  readonly decoder: ContentDecoder | undefined;
  /** Whether the bytes can be read without a decoder. */
  readonly isReadable: boolean;
  readonly hider: UsageHider | undefined;
  readonly restorer: AnswerRestorer | undefined;
  readonly keeper: BodyKeeper | undefined;
}

class Observer implements BodyObserver {
  readonly #parts: ObserverParts;

  constructor(parts: ObserverParts) {
    this.#parts = parts;
  }

  feed(chunk: Buffer, last: boolean): Buffer | undefined {
    const { decoder, isReadable, reader } = this.#parts;
    if (decoder !== undefined) decoder.write(chunk);
    else if (isReadable) reader.feed(chunk);
    return this.#shown(chunk, last);
  }

  /** What the client gets, if that is something else. */
  #shown(chunk: Buffer, last: boolean): Buffer | undefined {
    let shown = chunk;
    for (const filter of [this.#parts.hider, this.#parts.restorer]) {
      if (filter === undefined) continue;
      shown = filter.feed(shown);
      if (last) shown = Buffer.concat([shown, filter.end()]);
    }
    return shown === chunk ? undefined : shown;
  }

  observed(): Observation | Promise<Observation> {
    const { decoder } = this.#parts;
    return decoder === undefined ? this.#read() : decoder.end().then(() => this.#read());
  }

  #read(): Observation {
    const { decoder, isReadable, keeper, reader } = this.#parts;
    reader.end();
    const facts = reader.facts();
    return {
      usage: facts.usage,
      finishReason: facts.finishReason,
      estimatedCompletionTokens: estimateCompletionTokens(facts.contentEvents, facts.contentBytes),
      // What nobody here can decode is not broken for that.
      broken: facts.broken && (isReadable || decoder !== undefined),
      body: isReadable || decoder !== undefined ? keeper?.body : undefined,
    };
  }
}
