// Where the top-level fields that the router acts upon stand in a request body.
import { type JsonDocument, type JsonNode, none } from '../json/document.ts';
import { NameTable } from '../json/names.ts';

/**
 * Fields that decide what is routed, guarded, metered or rewritten. Where one of them stands twice,
 * or beside a copy in other letters (Go's decoder takes `Model` for `model`), parsers differ in
 * which of the two they believe, so such a body is refused.
 */
const decisive = [
  'model',
  'stream',
  'stream_options',
  'messages',
  'prompt',
  'input',
  'instructions',
  'system',
  'documents',
  'chat_template_kwargs',
  'reasoning_effort',
] as const;

/** Fields that are only looked at; the last of several counts, as for most parsers. */
const informative = [
  'tools',
  'functions',
  'n',
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
] as const;

export type DecisiveField = (typeof decisive)[number];
type Field = DecisiveField | (typeof informative)[number];

/** The value of each field; `none` where the body has no such field. */
export type RequestFields = Readonly<Record<Field, JsonNode>>;

const decisiveNames: ReadonlySet<string> = new Set(decisive);
const names = new NameTable<Field>([...decisive, ...informative]);

/** The fields of the object that a body is, or the field that is ambiguous in it. */
export function readFields(
  document: JsonDocument,
): RequestFields | { readonly ambiguous: DecisiveField } {
  const fields: Record<Field, JsonNode> = {
    model: none,
    stream: none,
    stream_options: none,
    messages: none,
    prompt: none,
    input: none,
    instructions: none,
    system: none,
    documents: none,
    chat_template_kwargs: none,
    reasoning_effort: none,
    tools: none,
    functions: none,
    n: none,
    max_tokens: none,
    max_completion_tokens: none,
    max_output_tokens: none,
  };
  let inOtherLetters: Set<Field> | undefined;
  const { root } = document;
  let member = document.first(root);
  for (; member !== none; member = document.next(root, member)) {
    const name = names.keyIgnoringCase(document, member);
    if (name === undefined) continue;
    if (isDecisive(name) && (fields[name] !== none || inOtherLetters?.has(name) === true)) {
      return { ambiguous: name };
    }
    if (names.key(document, member) === name) fields[name] = member;
    else (inOtherLetters ??= new Set()).add(name);
  }
  return fields;
}

function isDecisive(name: Field): name is DecisiveField {
  return decisiveNames.has(name);
}
