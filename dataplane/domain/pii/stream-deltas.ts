// The texts in an event of a stream that go on in later events, at every endpoint that streams.
import { none, type JsonDocument, type JsonNode } from '../json/document.ts';
import { kinds } from '../json/scanner.ts';

export interface Delta {
  /** The JSON string. */
  readonly node: JsonNode;
  /** Which text it belongs to: deltas of one key, put together, are one text. */
  readonly key: string;
  /** Whether the text is JSON itself. */
  readonly isJson: boolean;
}

export interface EventTexts {
  readonly deltas: readonly Delta[];
  /** Whether texts that these deltas do not go on with end here. */
  readonly endsOthers: boolean;
}

export function textsOf(document: JsonDocument): EventTexts {
  const { root } = document;
  const choices = elements(document, member(document, root, 'choices'));
  const deltas =
    choices.length > 0 ? choices.flatMap((one) => ofChoice(document, one)) : ofTyped(document);
  const finishes = choices.some(
    (choice) => document.kind(member(document, choice, 'finish_reason')) === kinds.string,
  );
  const isPing = document.string(member(document, root, 'type')) === 'ping';
  return { deltas, endsOthers: finishes || (deltas.length === 0 && !isPing) };
}

/** Chat completions and completions. */
function ofChoice(document: JsonDocument, choice: JsonNode): Delta[] {
  const index = textOf(document, member(document, choice, 'index'));
  const delta = member(document, choice, 'delta');
  const plain = [
    { node: member(document, choice, 'text'), key: `${index} text` },
    { node: member(document, delta, 'content'), key: `${index} content` },
    { node: member(document, delta, 'reasoning_content'), key: `${index} reasoning` },
    { node: member(document, delta, 'refusal'), key: `${index} refusal` },
  ].map((one) => ({ ...one, isJson: false }));
  const calls = elements(document, member(document, delta, 'tool_calls')).map((call) => ({
    node: member(document, member(document, call, 'function'), 'arguments'),
    key: `${index} call ${textOf(document, member(document, call, 'index'))}`,
    isJson: true,
  }));
  return strings(document, [...plain, ...calls]);
}

/** Messages (`content_block_delta`) and responses (`response.….delta`). */
function ofTyped(document: JsonDocument): Delta[] {
  const { root } = document;
  const type = document.string(member(document, root, 'type')) ?? '';
  const index = ['index', 'output_index', 'content_index']
    .map((name) => textOf(document, member(document, root, name)))
    .join(' ');
  const delta = member(document, root, 'delta');
  const isJson = type.includes('arguments') || type.includes('input_json');
  return strings(document, [
    { node: type.endsWith('.delta') ? delta : none, key: `${type} ${index}`, isJson },
    { node: member(document, delta, 'text'), key: `text ${index}`, isJson: false },
    {
      node: member(document, delta, 'thinking'),
      key: `thinking ${index}`,
      isJson: false,
    },
    {
      node: member(document, delta, 'partial_json'),
      key: `json ${index}`,
      isJson: true,
    },
  ]);
}

function strings(document: JsonDocument, deltas: readonly Delta[]): Delta[] {
  return deltas.filter(({ node }) => node !== none && document.kind(node) === kinds.string);
}

function member(document: JsonDocument, object: JsonNode, key: string): JsonNode {
  if (object === none || document.kind(object) !== kinds.object) return none;
  let node = document.first(object);
  for (; node !== none; node = document.next(object, node)) {
    if (document.keyIs(node, key)) return node;
  }
  return none;
}

/** Objects and arrays among the elements: numbers are counted there, and not listed. */
function elements(document: JsonDocument, array: JsonNode): JsonNode[] {
  if (array === none || document.kind(array) !== kinds.array) return [];
  const found: JsonNode[] = [];
  let node = document.first(array);
  for (; node !== none; node = document.next(array, node)) found.push(node);
  return found;
}

function textOf(document: JsonDocument, node: JsonNode): string {
  return node === none ? '' : String(document.value(node));
}
