import { expect, test } from '@jest/globals';
import type { ConversationRule, Predicate } from '../../../config/schema/index.ts';
import type { ConversationShape } from '../request/shape.ts';
import { conversationSignal } from './conversation.ts';

const shape: ConversationShape = {
  messages: 7,
  byRole: { user: 3, assistant: 2, system: 1, developer: 0, tool: 1 },
  toolDefinitions: 4,
  toolCalls: 2,
  toolResults: 1,
  isInToolLoop: true,
  images: 0,
};

type Source = ConversationRule['feature']['source'];

function holds(type: 'count' | 'exists', source: Source, predicate?: Predicate): boolean {
  const rule: ConversationRule = {
    name: 'r',
    feature: { type, source },
    ...(predicate && { predicate }),
  };
  return conversationSignal(rule, shape).value === 'true';
}

test.each<[Source, number]>([
  [{ type: 'message' }, 7],
  [{ type: 'message', role: 'user' }, 3],
  [{ type: 'message', role: 'non_user' }, 4],
  [{ type: 'message', role: 'developer' }, 0],
  [{ type: 'tool_definition' }, 4],
  [{ type: 'assistant_tool_call' }, 2],
  [{ type: 'assistant_tool_cycle' }, 1],
  [{ type: 'active_tool_loop' }, 1],
  [{ type: 'image_content' }, 0],
])('%j is %s', (source, count) => {
  expect(holds('count', source, { gte: count, lte: count })).toBe(true);
  expect(holds('count', source, { gt: count })).toBe(false);
  expect(holds('exists', source)).toBe(count > 0);
  expect(holds('exists', source, { gt: 1 })).toBe(false);
});
