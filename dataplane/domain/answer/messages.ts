// Answers of the messages endpoint (Anthropic's format): whole, or one event of a stream. A stream
// reports the prompt in `message_start` and the completion, cumulatively, in `message_delta`.
import { type JsonDocument, type JsonNode, none } from '../json/document.ts';
import { NameTable } from '../json/names.ts';
import { kinds } from '../json/scanner.ts';
import type { AnswerTally } from './tally.ts';

const answerFields = new NameTable([
  'type',
  'message',
  'delta',
  'content',
  'usage',
  'stop_reason',
  'error',
] as const);
const innerFields = new NameTable([
  'usage',
  'stop_reason',
  'text',
  'thinking',
  'partial_json',
  'input',
] as const);
const types = new NameTable(['message_stop'] as const);

export function readMessagesAnswer(document: JsonDocument, tally: AnswerTally): void {
  const { root } = document;
  let member = document.first(root);
  for (; member !== none; member = document.next(root, member)) {
    switch (answerFields.key(document, member)) {
      case 'type':
        if (types.word(document, member) === 'message_stop') tally.complete();
        break;
      case 'message':
      case 'delta':
        readInner(document, member, tally);
        break;
      case 'content':
        readBlocks(document, member, tally);
        break;
      case 'usage':
        tally.mergeUsage(document, member, 'end');
        break;
      case 'stop_reason':
        tally.finish(document, member);
        break;
      case 'error':
        tally.error(document, member);
        break;
      case undefined:
    }
  }
}

function readBlocks(document: JsonDocument, blocks: JsonNode, tally: AnswerTally): void {
  let block = document.first(blocks);
  for (; block !== none; block = document.next(blocks, block)) readInner(document, block, tally);
}

/** The message that begins, a delta, or a block of content. */
function readInner(document: JsonDocument, node: JsonNode, tally: AnswerTally): void {
  let bytes = 0;
  let member = document.first(node);
  for (; member !== none; member = document.next(node, member)) {
    switch (innerFields.key(document, member)) {
      case 'usage':
        tally.mergeUsage(document, member, 'beginning');
        break;
      case 'stop_reason':
        tally.finish(document, member);
        break;
      case 'text':
      case 'thinking':
      case 'partial_json':
        bytes += tally.text(document, member);
        break;
      case 'input':
        // The arguments of a tool, as the object that they are.
        if (document.kind(member) === kinds.object) bytes += tally.json(document, member);
        break;
      case undefined:
    }
  }
  tally.content(bytes);
}
