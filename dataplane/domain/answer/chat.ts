// Answers of chat completions, completions and embeddings: whole, or one event of a stream.
import { type JsonDocument, type JsonNode, none } from '../json/document.ts';
import { NameTable } from '../json/names.ts';
import type { AnswerTally } from './tally.ts';

const answerFields = new NameTable(['usage', 'choices', 'error'] as const);
const choiceFields = new NameTable(['delta', 'message', 'text', 'finish_reason'] as const);
const messageFields = new NameTable([
  'content',
  'refusal',
  'reasoning',
  'reasoning_content',
  'tool_calls',
  'function_call',
] as const);
const callFields = new NameTable(['function', 'arguments'] as const);

export function readChatAnswer(document: JsonDocument, tally: AnswerTally): void {
  const { root } = document;
  let member = document.first(root);
  for (; member !== none; member = document.next(root, member)) {
    switch (answerFields.key(document, member)) {
      case 'usage':
        tally.reportUsage(document, member);
        break;
      case 'choices':
        readChoices(document, member, tally);
        break;
      case 'error':
        tally.error(document, member);
        break;
      case undefined:
    }
  }
}

function readChoices(document: JsonDocument, choices: JsonNode, tally: AnswerTally): void {
  let choice = document.first(choices);
  for (; choice !== none; choice = document.next(choices, choice)) {
    let bytes = 0;
    let member = document.first(choice);
    for (; member !== none; member = document.next(choice, member)) {
      switch (choiceFields.key(document, member)) {
        case 'delta':
        case 'message':
          bytes += messageBytes(document, member, tally);
          break;
        case 'text':
          bytes += tally.text(document, member);
          break;
        case 'finish_reason':
          tally.finish(document, member);
          break;
        case undefined:
      }
    }
    tally.content(bytes);
  }
}

function messageBytes(document: JsonDocument, message: JsonNode, tally: AnswerTally): number {
  let bytes = 0;
  // Some servers send the same reasoning under both of its names.
  let reasoning = 0;
  let member = document.first(message);
  for (; member !== none; member = document.next(message, member)) {
    switch (messageFields.key(document, member)) {
      case 'content':
      case 'refusal':
        bytes += tally.text(document, member);
        break;
      case 'reasoning':
      case 'reasoning_content':
        reasoning = Math.max(reasoning, tally.text(document, member));
        break;
      case 'tool_calls':
      case 'function_call':
        bytes += argumentBytes(document, member, tally);
        break;
      case undefined:
    }
  }
  return bytes + reasoning;
}

/** Length of all `arguments` in a call, a list of calls, or a call's function. */
function argumentBytes(document: JsonDocument, calls: JsonNode, tally: AnswerTally): number {
  let bytes = 0;
  let inner = document.first(calls);
  for (; inner !== none; inner = document.next(calls, inner)) {
    const isElement = document.keyStart(inner) < 0;
    const name = isElement ? 'function' : callFields.key(document, inner);
    if (name === 'arguments') bytes += tally.text(document, inner);
    else if (name === 'function') bytes += argumentBytes(document, inner, tally);
  }
  return bytes;
}
