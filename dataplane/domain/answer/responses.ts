// Answers of the responses endpoint: whole, or one event of a stream, whose last events hold the
// whole answer once more.
import { type JsonDocument, type JsonNode, none } from '../json/document.ts';
import { NameTable } from '../json/names.ts';
import type { AnswerTally } from './tally.ts';

const eventFields = new NameTable(['type', 'delta', 'response', 'output'] as const);
const responseFields = new NameTable(['usage', 'status', 'error', 'incomplete_details'] as const);
const itemFields = new NameTable(['content', 'summary', 'arguments'] as const);
const partFields = new NameTable(['text', 'refusal'] as const);
const detailFields = new NameTable(['reason'] as const);
const types = new NameTable(['error'] as const);
const statuses = new NameTable(['completed', 'incomplete', 'failed', 'cancelled'] as const);

export function readResponsesAnswer(document: JsonDocument, tally: AnswerTally): void {
  const { root } = document;
  readResponse(document, root, tally);
  let member = document.first(root);
  for (; member !== none; member = document.next(root, member)) {
    switch (eventFields.key(document, member)) {
      case 'type':
        if (types.word(document, member) === 'error') tally.error(document, member);
        break;
      case 'delta':
        tally.content(tally.text(document, member));
        break;
      case 'response':
        // Its output has come by in deltas, so only its end is read.
        readResponse(document, member, tally);
        break;
      case 'output':
        readOutput(document, member, tally);
        break;
      case undefined:
    }
  }
}

function readResponse(document: JsonDocument, response: JsonNode, tally: AnswerTally): void {
  let reason = none;
  let member = document.first(response);
  for (; member !== none; member = document.next(response, member)) {
    switch (responseFields.key(document, member)) {
      case 'usage':
        tally.reportUsage(document, member);
        break;
      case 'status':
        if (statuses.word(document, member) === undefined) break;
        tally.complete();
        tally.finish(document, member);
        break;
      case 'error':
        tally.error(document, member);
        break;
      case 'incomplete_details':
        reason = find(document, member, detailFields);
        break;
      case undefined:
    }
  }
  if (reason !== none) tally.finish(document, reason);
}

function readOutput(document: JsonDocument, output: JsonNode, tally: AnswerTally): void {
  let item = document.first(output);
  for (; item !== none; item = document.next(output, item)) {
    let bytes = 0;
    let member = document.first(item);
    for (; member !== none; member = document.next(item, member)) {
      const name = itemFields.key(document, member);
      if (name === 'arguments') bytes += tally.text(document, member);
      else if (name !== undefined) bytes += partBytes(document, member, tally);
    }
    tally.content(bytes);
  }
}

function partBytes(document: JsonDocument, parts: JsonNode, tally: AnswerTally): number {
  let bytes = 0;
  let part = document.first(parts);
  for (; part !== none; part = document.next(parts, part)) {
    bytes += tally.text(document, find(document, part, partFields));
  }
  return bytes;
}

/** The first member of an object whose key is one of the names, or `none`. */
function find(document: JsonDocument, object: JsonNode, names: NameTable<string>): JsonNode {
  let member = document.first(object);
  while (member !== none && names.key(document, member) === undefined) {
    member = document.next(object, member);
  }
  return member;
}
