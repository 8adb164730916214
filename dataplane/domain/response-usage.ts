// Reads usage and the like from an answer that is one JSON text. The bytes are collected as they
// come and looked at once, at the end; only the usage object is ever decoded.
import { answerReaders } from './answer/read-answer.ts';
import { type AnswerFacts, AnswerTally } from './answer/tally.ts';
import { JsonDocument, parseJson } from './json/document.ts';
import type { Endpoint } from './usage-record.ts';

export interface JsonAnswer extends AnswerFacts {
  /** Whether the body is not one JSON text: cut off, or of another type than it says. */
  readonly broken: boolean;
  /** Whether it was too long to be looked at, so that nothing is known of it. */
  readonly tooLong: boolean;
}

export interface JsonObserver {
  /** Takes the next bytes, which must not change before the end. */
  feed(chunk: Buffer): void;
  /** What the body said; for when it is over, or cut off. Bytes fed later are not looked at. */
  end(): JsonAnswer;
}

/** Observes one answer; a body beyond `maxBytes` is let go of. */
export function createJsonObserver(
  endpoint: Endpoint,
  { maxBytes }: { readonly maxBytes: number },
): JsonObserver {
  let chunks: Buffer[] = [];
  let length = 0;
  let answer: JsonAnswer | undefined;
  return {
    feed(chunk) {
      length += chunk.length;
      if (length > maxBytes) chunks = [];
      else if (chunk.length > 0) chunks.push(chunk);
    },
    end() {
      answer ??= readJsonAnswer(endpoint, length > maxBytes ? undefined : chunks);
      chunks = [];
      return answer;
    },
  };
}

/** Without chunks: they were too long. */
function readJsonAnswer(endpoint: Endpoint, chunks: readonly Buffer[] | undefined): JsonAnswer {
  const tally = new AnswerTally();
  const document = chunks && parseJson(joined(chunks));
  const isJson = document instanceof JsonDocument;
  if (isJson) answerReaders[endpoint](document, tally);
  const { usage, finishReason, contentEvents, contentBytes, errorEvent } = tally;
  const facts = { usage, finishReason, contentEvents, contentBytes, errorEvent };
  const tooLong = chunks === undefined;
  return { ...facts, broken: !tooLong && !isJson, tooLong };
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}
