// Watches an event stream go by and keeps what metering needs of it: usage, finish reason, how much
// text there was. It changes nothing and holds no text.
import { answerReaders } from '../answer/read-answer.ts';
import { type AnswerFacts, AnswerTally } from '../answer/tally.ts';
import { JsonDocument } from '../json/document.ts';
import type { Endpoint } from '../usage-record.ts';
import { EventTemplate } from './event-template.ts';
import { EventReader } from './event-reader.ts';

/** What was seen of a stream; it may be read at any time, also of one that was cut off. */
export interface StreamObserver extends AnswerFacts {
  /** Takes the next bytes of the stream, cut anywhere. */
  feed(chunk: Buffer): void;
  /** The stream is over: an event that no blank line followed counts too. */
  end(): void;
  /** Whether the backend said that the stream is complete: `[DONE]`, or its format's last event. */
  readonly sawDone: boolean;
  /** Events that were too long to be looked at. */
  readonly skippedEvents: number;
}

/**
 * Observes the stream of one answer. The last valid usage wins; usages are cumulative and never
 * added up. Events after `[DONE]` are read like others, since some servers send their usage there.
 */
export function createStreamObserver(endpoint: Endpoint): StreamObserver {
  const tally = new AnswerTally();
  const readAnswer = answerReaders[endpoint];
  const document = new JsonDocument();
  const template = new EventTemplate();
  let sawDone = false;
  let skippedEvents = 0;
  const reader = new EventReader({
    event(bytes, start, end) {
      if (template.match(bytes, start) === end) {
        tally.content(template.textBytes);
      } else if (isDone(bytes, start, end)) {
        sawDone = true;
      } else if (document.load(bytes, { start, end }) === undefined) {
        tally.begin();
        readAnswer(document, tally);
        template.learn(document, tally.onlyText);
      }
    },
    skipped() {
      skippedEvents += 1;
    },
    boundary() {
      // Where events lie in the stream is of no interest here.
    },
    take(chunk, offset) {
      let position = offset;
      for (;;) {
        const next = template.matchInStream(chunk, position);
        if (next < 0) return position;
        tally.content(template.textBytes);
        position = next;
      }
    },
  });
  return {
    feed(chunk) {
      reader.feed(chunk);
    },
    end() {
      reader.end();
    },
    get usage() {
      return tally.usage;
    },
    get finishReason() {
      return tally.finishReason;
    },
    get contentEvents() {
      return tally.contentEvents;
    },
    get contentBytes() {
      return tally.contentBytes;
    },
    get errorEvent() {
      return tally.errorEvent;
    },
    get sawDone() {
      return sawDone || tally.sawEnd;
    },
    get skippedEvents() {
      return skippedEvents;
    },
  };
}

const openBracket = 0x5b;

function isDone(bytes: Buffer, start: number, end: number): boolean {
  return (
    bytes[start] === openBracket && bytes.toString('latin1', start, end).trimEnd() === '[DONE]'
  );
}
