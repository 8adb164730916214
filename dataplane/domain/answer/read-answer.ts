// Which format the answers of an endpoint have.
import type { JsonDocument } from '../json/document.ts';
import type { Endpoint } from '../usage-record.ts';
import { readChatAnswer } from './chat.ts';
import { readMessagesAnswer } from './messages.ts';
import { readResponsesAnswer } from './responses.ts';
import type { AnswerTally } from './tally.ts';

/** Adds to the tally what a whole answer, or one event of a stream, says. */
export type AnswerReader = (document: JsonDocument, tally: AnswerTally) => void;

export const answerReaders: Readonly<Record<Endpoint, AnswerReader>> = {
  'chat.completions': readChatAnswer,
  completions: readChatAnswer,
  embeddings: readChatAnswer,
  responses: readResponsesAnswer,
  messages: readMessagesAnswer,
};
