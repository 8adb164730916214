// Puts a system prompt into the messages of a chat request, as bytes to splice.
import { type JsonDocument, type JsonNode, none } from '../json/document.ts';
import { kinds } from '../json/scanner.ts';
import type { Splices } from '../json/splice.ts';
import type { RequestFields } from './fields.ts';
import type { Turn } from './turns.ts';

export interface SystemPromptEdit {
  readonly text: string;
  /**
   * Acts on the first message if it is a system or developer message: `replace` puts the prompt in
   * the place of its content, `insert` puts the prompt and a blank line before its text. Otherwise
   * both put a system message before the first.
   */
  readonly mode: 'replace' | 'insert';
}

/** Where the prompt goes. The turns are those of the `messages`, of which there is at least one. */
interface Place {
  readonly document: JsonDocument;
  readonly fields: RequestFields;
  readonly turns: readonly Turn[];
}

export function editSystemPrompt(place: Place, edit: SystemPromptEdit, splices: Splices): void {
  const { document, fields, turns } = place;
  const [first] = turns;
  const prompt = encodedPrompt(edit);
  if (first?.role !== 'system') {
    const start = document.start(fields.messages) + 1;
    splices.replace(start, start, Buffer.concat([messageStart, prompt, messageEnd]));
    return;
  }
  const text = edit.mode === 'insert' ? firstText(document, first.content) : none;
  if (text !== none) {
    const start = document.start(text) + 1;
    // Before an empty text there is nothing to part the prompt from.
    const isEmpty = document.end(text) - start === 1;
    const bytes = prompt.subarray(1, -1);
    splices.replace(start, start, isEmpty ? bytes : Buffer.concat([bytes, blankLine]));
  } else if (edit.mode === 'insert' && document.kind(first.content) === kinds.array) {
    // Parts, but none with text: the prompt becomes the first of them.
    const start = document.start(first.content) + 1;
    const more = document.count(first.content) > 0 ? partEndBeforeOthers : partEnd;
    splices.replace(start, start, Buffer.concat([partStart, prompt, more]));
  } else {
    replaceContent(document, first, prompt, splices);
  }
}

function replaceContent(
  document: JsonDocument,
  { node, content }: Turn,
  prompt: Buffer,
  splices: Splices,
): void {
  if (content === none) {
    // A message has a role at least, so there is a member to stand after.
    const end = lastEnd(document, node);
    splices.replace(end, end, Buffer.concat([contentStart, prompt]));
    return;
  }
  const start = document.start(content);
  const end = document.end(content);
  if (prompt.compare(document.bytes, start, end) !== 0) splices.replace(start, end, prompt);
}

/** The string that is the content, or the text of its first part that has one; or `none`. */
function firstText(document: JsonDocument, content: JsonNode): JsonNode {
  if (document.kind(content) === kinds.string) return content;
  let part = document.first(content);
  for (; part !== none; part = document.next(content, part)) {
    if (document.kind(part) === kinds.string) return part;
    let member = document.first(part);
    for (; member !== none; member = document.next(part, member)) {
      if (document.kind(member) === kinds.string && document.keyIs(member, 'text')) return member;
    }
  }
  return none;
}

function lastEnd(document: JsonDocument, object: JsonNode): number {
  let last = object;
  let member = document.first(object);
  for (; member !== none; member = document.next(object, member)) last = member;
  return document.end(last);
}

const messageStart = Buffer.from('{"role":"system","content":');
const messageEnd = Buffer.from('},');
const contentStart = Buffer.from(',"content":');
const partStart = Buffer.from('{"type":"text","text":');
const partEnd = Buffer.from('}');
const partEndBeforeOthers = Buffer.from('},');
const blankLine = Buffer.from('\\n\\n');

// A prompt belongs to a configuration and outlives requests, so its JSON is made once.
const encodedPrompts = new WeakMap<SystemPromptEdit, Buffer>();

function encodedPrompt(edit: SystemPromptEdit): Buffer {
  let encoded = encodedPrompts.get(edit);
  if (encoded === undefined) {
    encoded = Buffer.from(JSON.stringify(edit.text));
    encodedPrompts.set(edit, encoded);
  }
  return encoded;
}
