// The shape of a conversation: who spoke how often, which tools there are and what became of them.
// It decodes no text.
import type { ChatRequest } from '../chat-request.ts';
import { none, type JsonDocument, type JsonNode } from '../json/document.ts';
import { NameTable } from '../json/names.ts';
import { kinds } from '../json/scanner.ts';
import type { Turn } from './turns.ts';

export interface ConversationShape {
  readonly messages: number;
  /** `function` counts as tool; roles that nobody knows count as messages only. */
  readonly byRole: Readonly<Record<'user' | 'assistant' | 'system' | 'developer' | 'tool', number>>;
  readonly toolDefinitions: number;
  /** Calls of tools in all turns. */
  readonly toolCalls: number;
  /** Results of tools in all turns. */
  readonly toolResults: number;
  /** Whether the last turn answers a call or follows an answer, or a call waits for its answer. */
  readonly isInToolLoop: boolean;
  readonly images: number;
}

const turnFields = new NameTable([
  'role',
  'content',
  'tool_calls',
  'function_call',
  'type',
  'image_url',
] as const);
const developer = new NameTable(['developer'] as const);
const partTypes = new NameTable([
  'tool_use',
  'tool_result',
  'function_call',
  'function_call_output',
  'image_url',
  'input_image',
  'image',
] as const);

/** What one turn holds. */
interface TurnShape {
  readonly isDeveloper: boolean;
  readonly calls: number;
  readonly results: number;
  readonly images: number;
}

const plainTurn: TurnShape = { isDeveloper: false, calls: 0, results: 0, images: 0 };

export function readShape({ source }: ChatRequest): ConversationShape {
  const { document, fields, turns } = source;
  const byRole = { user: 0, assistant: 0, system: 0, developer: 0, tool: 0 };
  const shapes = turns.map((turn) => shapeOf(document, turn));
  let messages = 0;
  for (const [index, { role }] of turns.entries()) {
    const shape = shapes[index] ?? plainTurn;
    // A call that stands by itself is the assistant's, and no message.
    if (role === 'tool' && shape.calls > 0) continue;
    messages++;
    if (role === 'other') continue;
    byRole[role === 'system' && shape.isDeveloper ? 'developer' : role]++;
  }
  const total = (key: 'calls' | 'results' | 'images'): number =>
    shapes.reduce((sum, shape) => sum + shape[key], 0);
  const toolCalls = total('calls');
  const toolResults = total('results');
  return {
    messages,
    byRole,
    toolDefinitions: document.count(fields.tools) + document.count(fields.functions),
    toolCalls,
    toolResults,
    isInToolLoop: toolCalls > toolResults || endsInToolResult(turns, shapes),
    images: total('images'),
  };
}

function endsInToolResult(turns: readonly Turn[], shapes: readonly TurnShape[]): boolean {
  if ((shapes.at(-1)?.results ?? 0) > 0) return true;
  const latestUser = turns.findLastIndex(({ role }) => role === 'user');
  return latestUser > 0 && (shapes[latestUser - 1]?.results ?? 0) > 0;
}

function shapeOf(document: JsonDocument, { role, node, content }: Turn): TurnShape {
  let calls = 0;
  let results = 0;
  let type: string | undefined;
  let isDeveloper = false;
  let member = document.first(node);
  for (; member !== none; member = document.next(node, member)) {
    switch (turnFields.keyIgnoringCase(document, member)) {
      case 'role':
        isDeveloper = developer.word(document, member) !== undefined;
        break;
      case 'tool_calls':
        calls += document.count(member);
        break;
      case 'function_call':
        calls += document.kind(member) === kinds.object ? 1 : 0;
        break;
      case 'type':
        type = partTypes.word(document, member);
        break;
      case 'content':
      case 'image_url':
      case undefined:
    }
  }
  // Items of the responses endpoint have a type and no role.
  if (type === 'function_call') calls += 1;
  else if (role === 'tool') results += 1;
  const parts = partsOf(document, content);
  return {
    isDeveloper,
    calls: calls + parts.calls,
    results: results + parts.results,
    images: parts.images,
  };
}

function partsOf(
  document: JsonDocument,
  content: JsonNode,
): Pick<TurnShape, 'calls' | 'results' | 'images'> {
  const found = { calls: 0, results: 0, images: 0 };
  if (document.kind(content) !== kinds.array) return found;
  let part = document.first(content);
  for (; part !== none; part = document.next(content, part)) {
    const type = document.kind(part) === kinds.object ? typeOf(document, part) : undefined;
    if (type === 'tool_use') found.calls++;
    else if (type === 'tool_result') found.results++;
    else if (type === 'image_url' || type === 'input_image' || type === 'image') found.images++;
  }
  return found;
}

function typeOf(document: JsonDocument, part: JsonNode): string | undefined {
  let member = document.first(part);
  for (; member !== none; member = document.next(part, member)) {
    if (turnFields.key(document, member) === 'type') return partTypes.word(document, member);
  }
  return undefined;
}
