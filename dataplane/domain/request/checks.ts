// Reads the fields that the router acts upon, and refuses values that it could not act upon.
import { type JsonDocument, type JsonNode, none } from '../json/document.ts';
import { kinds } from '../json/scanner.ts';
import type { Endpoint } from '../usage-record.ts';
import type { RequestFields } from './fields.ts';
import { problem, type RequestProblem } from './problem.ts';
import { readItems, readMessages, type Turn } from './turns.ts';

const maxModelBytes = 256;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const controlCharacters = /[\u0000-\u001f\u007f-\u009f]/;

/** The model asked for. */
export function readModel(document: JsonDocument, node: JsonNode): string | RequestProblem {
  if (node === none) return problem('missing_model', 'The field `model` is missing.', 'model');
  const length = document.stringLength(node);
  const model = length > 0 && length <= maxModelBytes ? document.string(node) : undefined;
  if (model === undefined || !model.isWellFormed() || controlCharacters.test(model)) {
    const message = `The field \`model\` must be a string of 1 to ${maxModelBytes} bytes without control characters.`;
    return problem('invalid_model', message, 'model');
  }
  return model;
}

/** Whether an event stream is asked for, and a usage chunk at its end. */
export function readStreaming(
  document: JsonDocument,
  fields: RequestFields,
): { stream: boolean; includeUsage: boolean } | RequestProblem {
  const stream = readFlag(document, fields.stream);
  if (stream === undefined) {
    return problem('invalid_stream', 'The field `stream` must be a boolean.', 'stream');
  }
  const kind = document.kind(fields.stream_options);
  if (fields.stream_options !== none && kind !== kinds.object && kind !== kinds.null) {
    const message = 'The field `stream_options` must be an object.';
    return problem('invalid_stream_options', message, 'stream_options');
  }
  let includeUsage = false;
  let member = document.first(fields.stream_options);
  for (; member !== none; member = document.next(fields.stream_options, member)) {
    if (document.key(member) !== 'include_usage') continue;
    const flag = readFlag(document, member);
    if (flag === undefined) {
      const message = 'The field `stream_options.include_usage` must be a boolean.';
      return problem('invalid_stream_options', message, 'stream_options');
    }
    includeUsage = flag;
  }
  return { stream, includeUsage };
}

/** A boolean, false for null or an absent field; undefined for anything else. */
function readFlag(document: JsonDocument, node: JsonNode): boolean | undefined {
  const kind = document.kind(node);
  if (kind === kinds.true) return true;
  return node === none || kind === kinds.false || kind === kinds.null ? false : undefined;
}

/** The turns of the conversation; only chat completions demand any. */
export function readTurns(
  document: JsonDocument,
  fields: RequestFields,
  endpoint: Endpoint,
): Turn[] | RequestProblem {
  switch (endpoint) {
    case 'chat.completions': {
      if (document.kind(fields.messages) !== kinds.array) {
        const code = fields.messages === none ? 'missing_messages' : 'invalid_messages';
        return problem(code, 'The field `messages` must be an array of messages.', 'messages');
      }
      const turns = readMessages(document, fields.messages);
      if (typeof turns === 'string') return invalidMessages(turns);
      return turns.length === 0 ? invalidMessages('there must be at least one message') : turns;
    }
    case 'messages': {
      const turns = readMessages(document, fields.messages);
      if (typeof turns === 'string') return invalidMessages(turns);
      return [...standing('system', fields.system), ...turns];
    }
    case 'responses':
      return [...standing('system', fields.instructions), ...readItems(document, fields.input)];
    case 'completions':
      return standing('user', fields.prompt);
    case 'embeddings':
      return standing('user', fields.input);
  }
}

/** A field that is the content of a turn by itself. */
function standing(role: 'system' | 'user', content: JsonNode): Turn[] {
  return content === none ? [] : [{ role, node: none, content }];
}

function invalidMessages(sentence: string): RequestProblem {
  return problem('invalid_messages', `The field \`messages\` is invalid: ${sentence}.`, 'messages');
}
