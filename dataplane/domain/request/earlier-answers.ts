// The texts that the model said before, as clients send them back: contents, reasoning, and arguments
// of tools. Nobody looks for anything in them, but what was hidden from the model must stay so.
import { none, type JsonDocument, type JsonNode } from '../json/document.ts';
import { NameTable } from '../json/names.ts';
import { kinds } from '../json/scanner.ts';
import type { Turn } from './turns.ts';

export interface AnsweredText {
  /** The JSON string. */
  readonly node: JsonNode;
  readonly text: string;
  /** Whether the text is JSON itself. */
  readonly isJson: boolean;
}

/** Members that name things, by which an answer is told from others and continued. */
const namesOfThings = new NameTable([
  ...(['role', 'type', 'id', 'call_id', 'tool_call_id', 'tool_use_id', 'name', 'status'] as const),
  ...(['signature', 'encrypted_content', 'model', 'cache_control'] as const),
] as const);
const ofJson = new NameTable(['arguments'] as const);

/** Of the turns of the model, and of calls of tools, which at the responses endpoint have no role. */
export function answeredTexts(document: JsonDocument, turns: readonly Turn[]): AnsweredText[] {
  const texts: AnsweredText[] = [];
  for (const { content, node, role } of turns) {
    const isCall = role === 'tool' && content === none;
    if (role === 'assistant' || isCall) collect(document, node === none ? content : node, texts);
  }
  return texts;
}

function collect(document: JsonDocument, parent: JsonNode, texts: AnsweredText[]): void {
  let node = document.first(parent);
  for (; node !== none; node = document.next(parent, node)) {
    if (document.kind(parent) === kinds.object && namesOfThings.key(document, node) !== undefined) {
      continue;
    }
    const text = document.string(node);
    if (text === undefined) collect(document, node, texts);
    else if (text !== '') {
      const isMember = document.kind(parent) === kinds.object;
      const isJson = isMember && ofJson.key(document, node) !== undefined;
      texts.push({ node, text, isJson });
    }
  }
}
