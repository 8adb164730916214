// Signals about how a conversation went so far.
import type { ConversationRule } from '../../../config/schema/index.ts';
import type { ConversationShape } from '../request/shape.ts';
import { truth, type SignalValue } from '../signal-values.ts';
import { satisfies } from './predicate.ts';

export function conversationSignal(
  { feature, predicate }: ConversationRule,
  shape: ConversationShape,
): SignalValue {
  const count = countOf(feature.source, shape);
  const value = feature.type === 'exists' ? Math.min(count, 1) : count;
  return truth(satisfies(value, predicate));
}

/** The number that a rule is about. */
export function countOf(
  { type, role }: ConversationRule['feature']['source'],
  shape: ConversationShape,
): number {
  switch (type) {
    case 'message':
      if (role === 'non_user') return shape.messages - shape.byRole.user;
      return role === undefined ? shape.messages : shape.byRole[role];
    case 'tool_definition':
      return shape.toolDefinitions;
    case 'assistant_tool_call':
      return shape.toolCalls;
    case 'assistant_tool_cycle':
      return shape.toolResults;
    case 'active_tool_loop':
      return shape.isInToolLoop ? 1 : 0;
    case 'image_content':
      return shape.images;
  }
}
