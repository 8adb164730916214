// The turns of a conversation, whatever endpoint it came to, and the text in them. It decodes only
// what it is asked for, and refuses shapes in which a guard and a backend could read different texts.
import { none, type JsonDocument, type JsonNode } from '../json/document.ts';
import { NameTable } from '../json/names.ts';
import { kinds } from '../json/scanner.ts';
import { JsonText } from '../json/text.ts';

/** Who speaks: `developer` counts as system, `function` as tool; `other` is a role nobody knows. */
export type Role = 'system' | 'user' | 'assistant' | 'tool' | 'other';

export interface Turn {
  readonly role: Role;
  /** The object of the turn; `none` where the content stands by itself (`prompt`, `system`). */
  readonly node: JsonNode;
  /** A string, an array of parts, a null, or `none`. */
  readonly content: JsonNode;
}

const roleNames = new NameTable([
  'system',
  'developer',
  'user',
  'assistant',
  'tool',
  'function',
] as const);
const turnFields = new NameTable(['role', 'content', 'output'] as const);
/** What documents and tools brought: texts by themselves, or parts again. */
const nestedFields = [
  ...(['content', 'title', 'context'] as const),
  ...(['output', 'outputs', 'results', 'logs', 'stdout', 'stderr'] as const),
] as const;
// `refusal` and `thinking` parts are text to a chat template like any other.
const partFields = new NameTable([
  ...(['text', 'refusal', 'thinking', 'source', ...nestedFields] as const),
] as const);
const sourceFields = new NameTable(['type', 'data', 'content'] as const);
const sourceTypes = new NameTable(['base64'] as const);

/**
 * The turns of a `messages` array; a sentence about what is wrong if it is not made of objects with
 * a role and, where they have any, a content that is a string, an array or null.
 */
export function readMessages(document: JsonDocument, messages: JsonNode): Turn[] | string {
  const turns: Turn[] = [];
  let node = document.first(messages);
  for (; node !== none; node = document.next(messages, node)) {
    const turn = readTurn(document, node);
    if (typeof turn === 'string') return turn;
    if (turn.role === undefined) return 'each message needs a role, which is a string';
    if (!isContent(document, turn.content)) {
      return 'the content of a message must be a string, an array of parts or null';
    }
    turns.push({ role: turn.role, node, content: turn.content });
  }
  // Numbers and literals are counted but not listed.
  return turns.length === document.count(messages) ? turns : 'each message must be an object';
}

/** The turns of an `input` of the responses endpoint: items without a role are results of tools. */
export function readItems(document: JsonDocument, input: JsonNode): Turn[] {
  if (document.kind(input) !== kinds.array) {
    return input === none ? [] : [{ role: 'user', node: none, content: input }];
  }
  const turns: Turn[] = [];
  let node = document.first(input);
  for (; node !== none; node = document.next(input, node)) {
    const turn = readTurn(document, node);
    if (typeof turn !== 'string') {
      turns.push({ role: turn.role ?? 'tool', node, content: turn.content });
    }
  }
  return turns;
}

function readTurn(
  document: JsonDocument,
  node: JsonNode,
): { role: Role | undefined; content: JsonNode } | string {
  if (document.kind(node) !== kinds.object) return 'each message must be an object';
  let role: Role | undefined;
  let content = none;
  let output = none;
  let member = document.first(node);
  for (; member !== none; member = document.next(node, member)) {
    switch (turnFields.keyIgnoringCase(document, member)) {
      case 'role':
        if (role !== undefined) return 'a message has more than one role';
        if (document.kind(member) !== kinds.string) return 'the role of a message must be a string';
        role = readRole(document, member);
        break;
      case 'content':
        if (content !== none) return 'a message has more than one content';
        content = member;
        break;
      case 'output':
        output = member;
        break;
      case undefined:
    }
  }
  return { role, content: content === none ? output : content };
}

function readRole(document: JsonDocument, node: JsonNode): Role {
  const name = roleNames.word(document, node);
  if (name === 'developer') return 'system';
  if (name === 'function') return 'tool';
  return name ?? 'other';
}

function isContent(document: JsonDocument, content: JsonNode): boolean {
  const kind = document.kind(content);
  return content === none || kind === kinds.string || kind === kinds.array || kind === kinds.null;
}

/**
 * The text of a content: its string, or the texts of its parts joined by line breaks. Parts without
 * text, such as images, are skipped; so are the results of tools within the parts of a user.
 */
export function contentText(document: JsonDocument, content: JsonNode): string {
  return contentJson(document, content).toString();
}

/** The same text as it stands in JSON; that of several parts is a copy. */
export function contentJson(document: JsonDocument, content: JsonNode): JsonText {
  const { bytes } = document;
  if (document.kind(content) === kinds.string) {
    return new JsonText(bytes, document.start(content) + 1, document.end(content) - 1);
  }
  const pieces: Buffer[] = [];
  visitTexts(document, content, (node) => {
    pieces.push(pieces.length === 0 ? quote : escapedLineBreak);
    pieces.push(bytes.subarray(document.start(node) + 1, document.end(node) - 1));
  });
  const joined = Buffer.concat(pieces.length === 0 ? [quote, quote] : [...pieces, quote]);
  return new JsonText(joined, 1, joined.length - 1);
}

const quote = Buffer.from('"');
const escapedLineBreak = Buffer.from('\\n');

/**
 * Length of all text of a content in UTF-8 bytes, results of tools included; four bytes for each
 * token id of a prompt that is given as ids.
 */
export function contentBytes(document: JsonDocument, content: JsonNode): number {
  let bytes = document.stringLength(content) + 4 * tokenIds(document, content);
  const add = (node: JsonNode): void => {
    bytes += document.stringLength(node);
  };
  visitTexts(document, content, add, (nested) => {
    bytes += contentBytes(document, nested);
  });
  return bytes;
}

/**
 * Calls `visit` for each text of an array of parts, or of the one part that a content is. Every text
 * member counts, whatever the `type` of its part says and however often it is repeated: a backend may
 * read any of them. `visitNested` gets what documents and tools brought, each a string or parts again.
 */
export function visitTexts(
  document: JsonDocument,
  content: JsonNode,
  visit: (node: JsonNode) => void,
  visitNested?: (content: JsonNode) => void,
): void {
  if (document.kind(content) === kinds.object) {
    visitPart(document, content, visit, visitNested);
    return;
  }
  if (document.kind(content) !== kinds.array) return;
  let part = document.first(content);
  for (; part !== none; part = document.next(content, part)) {
    if (document.kind(part) === kinds.string) visit(part);
    if (document.kind(part) === kinds.object) visitPart(document, part, visit, visitNested);
  }
}

function visitPart(
  document: JsonDocument,
  part: JsonNode,
  visit: (node: JsonNode) => void,
  visitNested?: (content: JsonNode) => void,
): void {
  let member = document.first(part);
  for (; member !== none; member = document.next(part, member)) {
    const name = partFields.keyIgnoringCase(document, member);
    switch (name) {
      case undefined:
        break;
      case 'text':
      case 'refusal':
      case 'thinking':
        if (document.kind(member) === kinds.string) visit(member);
        break;
      case 'source':
        if (visitNested !== undefined) visitSource(document, member, visitNested);
        break;
      default:
        visitNested?.(member);
    }
  }
}

/**
 * A document is a text, or parts; what is encoded in base64 is no text to anybody here. Where `type`
 * stands more than once, or in other letters, backends differ in which they go by: then it is read.
 */
function visitSource(
  document: JsonDocument,
  source: JsonNode,
  visitNested: (content: JsonNode) => void,
): void {
  if (document.kind(source) !== kinds.object) return;
  const texts: JsonNode[] = [];
  let types = 0;
  let encoded = 0;
  let member = document.first(source);
  for (; member !== none; member = document.next(source, member)) {
    const name = sourceFields.keyIgnoringCase(document, member);
    if (name === 'type') {
      types += 1;
      const isExact = sourceFields.key(document, member) === 'type';
      if (isExact && sourceTypes.word(document, member) === 'base64') encoded += 1;
    }
    if (name === 'data') texts.push(member);
    if (name === 'content') visitNested(member);
  }
  if (encoded === 0 || encoded < types) texts.forEach(visitNested);
}

/** Numbers in an array, or in the arrays of an array: counted there, and not listed. */
function tokenIds(document: JsonDocument, content: JsonNode): number {
  if (document.kind(content) !== kinds.array) return 0;
  let ids = document.count(content);
  let element = document.first(content);
  for (; element !== none; element = document.next(content, element)) {
    ids += tokenIds(document, element) - 1;
  }
  return ids;
}
