// The texts of a request that guards look at, each with the place where it stands, so that it can be
// replaced there: what users and tools say. What the operator of the model says, and what the model
// itself said before, is not the caller's doing.
import type { GuardedText } from '../findings.ts';
import type { JsonDocument, JsonNode } from '../json/document.ts';
import { kinds } from '../json/scanner.ts';
import { visitTexts, type Turn } from './turns.ts';

export interface PlacedText extends GuardedText {
  /** The JSON string. */
  readonly node: JsonNode;
}

/** In the order in which they stand. A result of a tool within the message of a user is a tool's. */
export function guardedTexts(document: JsonDocument, turns: readonly Turn[]): PlacedText[] {
  const texts: PlacedText[] = [];
  for (const { content, role } of turns) {
    if (role === 'user' || role === 'other') collect(document, content, 'user', texts);
    if (role === 'tool') collect(document, content, 'tool', texts);
  }
  return texts;
}

function collect(
  document: JsonDocument,
  content: JsonNode,
  source: GuardedText['source'],
  texts: PlacedText[],
): void {
  const add = (node: JsonNode): void => {
    const text = document.string(node);
    if (text !== undefined && text !== '') texts.push({ text, source, node });
  };
  if (document.kind(content) === kinds.string) add(content);
  visitTexts(document, content, add, (nested) => {
    collect(document, nested, 'tool', texts);
  });
}
