// Writes the body that goes upstream: the bytes that came, with the spans replaced that an edit
// names. Unknown fields, the order of keys, the forms of numbers and white space stay as they were.
import type { BodyPieces } from './body-pieces.ts';
import type { ChatRequest } from './chat-request.ts';
import { type JsonDocument, type JsonNode, none } from './json/document.ts';
import { kinds } from './json/scanner.ts';
import { Splices } from './json/splice.ts';
import { editSystemPrompt, type SystemPromptEdit } from './request/system-prompt.ts';

/** A field to set: `key` of the request, or of the object that stands under `object` in it. */
export interface FieldEdit {
  /** Made where it is absent or no object. */
  readonly object?: string | undefined;
  readonly key: string;
  /** The new value as JSON text, which is written as it stands. */
  readonly json: string;
}

/** What to change in a request; whatever is left out stays. Records of it merge by spreading. */
export interface RequestEdits {
  /** The id that the backend knows the model by. */
  readonly model?: string | undefined;
  /**
   * Asks for a usage chunk at the end of a stream, whatever the client said about it; the other
   * stream options stay. Nothing happens where the request is no stream (backends refuse stream
   * options then) or the endpoint reports usage unasked.
   */
  readonly forceIncludeUsage?: boolean | undefined;
  /** Where two edits set one field, the last wins. */
  readonly set?: readonly FieldEdit[] | undefined;
  /** Strings to put in the place of those that stand in the request. */
  readonly texts?: readonly { readonly node: JsonNode; readonly text: string }[] | undefined;
  /** For chat completions; other endpoints have no place for it. */
  readonly systemPrompt?: SystemPromptEdit | undefined;
}

/** Whether a usage chunk must be asked for, and the client did not do so. */
export function needsForcedUsage(request: ChatRequest): boolean {
  return takesStreamOptions(request) && !request.includeUsage;
}

/**
 * The edited body; undefined when nothing changes. Throws a TypeError for edits that contradict each
 * other: a field set both as a whole and in its parts.
 */
export function rewriteRequest(request: ChatRequest, edits: RequestEdits): BodyPieces | undefined {
  const { document } = request.source;
  const splices = new Splices();
  const plan = planOf(request, edits);
  if (plan.size > 0) new ObjectEditor(document, splices).edit(document.root, plan);
  if (edits.systemPrompt !== undefined && request.endpoint === 'chat.completions') {
    if (plan.has('messages')) throw contradiction('messages');
    editSystemPrompt(request.source, edits.systemPrompt, splices);
  }
  for (const { node, text } of edits.texts ?? []) {
    const bytes = Buffer.from(JSON.stringify(text));
    splices.replace(document.start(node), document.end(node), bytes);
  }
  return splices.apply(request.body);
}

function takesStreamOptions({ endpoint, stream }: ChatRequest): boolean {
  return stream && (endpoint === 'chat.completions' || endpoint === 'completions');
}

/** The new value of a field: JSON text, or the members to set in the object that it is. */
type Plan = Map<string, string | Plan>;

function planOf(request: ChatRequest, edits: RequestEdits): Plan {
  const plan: Plan = new Map();
  const set = ({ object, key, json }: FieldEdit): void => {
    if (object === undefined) {
      if (plan.get(key) instanceof Map) throw contradiction(key);
      plan.set(key, json);
      return;
    }
    const members = plan.get(object) ?? new Map<string, string | Plan>();
    if (typeof members === 'string') throw contradiction(object);
    plan.set(object, members.set(key, json));
  };
  edits.set?.forEach(set);
  if (edits.model !== undefined) set({ key: 'model', json: JSON.stringify(edits.model) });
  if (edits.forceIncludeUsage === true && takesStreamOptions(request)) {
    set({ object: 'stream_options', key: 'include_usage', json: 'true' });
  }
  return plan;
}

function contradiction(field: string): TypeError {
  return new TypeError(`edits of the request field ${JSON.stringify(field)} contradict each other`);
}

class ObjectEditor {
  private readonly document: JsonDocument;
  private readonly splices: Splices;

  constructor(document: JsonDocument, splices: Splices) {
    this.document = document;
    this.splices = splices;
  }

  /** Sets members of an object: every copy of a key that is there, at the end what is not. */
  edit(object: JsonNode, plan: Plan): void {
    const { document } = this;
    const added: string[] = [];
    let last = none;
    for (const [key, value] of plan) {
      let isThere = false;
      let member = document.first(object);
      for (; member !== none; member = document.next(object, member)) {
        last = member;
        if (!document.keyIs(member, key)) continue;
        isThere = true;
        this.editValue(member, value);
      }
      if (!isThere) added.push(`${JSON.stringify(key)}:${textOf(value)}`);
    }
    if (added.length === 0) return;
    const end = last === none ? document.start(object) + 1 : document.end(last);
    const text = last === none ? added.join(',') : `,${added.join(',')}`;
    this.splices.replace(end, end, Buffer.from(text));
  }

  private editValue(node: JsonNode, value: string | Plan): void {
    const { document } = this;
    if (typeof value !== 'string' && document.kind(node) === kinds.object) {
      this.edit(node, value);
      return;
    }
    const bytes = Buffer.from(textOf(value));
    const start = document.start(node);
    const end = document.end(node);
    if (bytes.compare(document.bytes, start, end) !== 0) this.splices.replace(start, end, bytes);
  }
}

function textOf(value: string | Plan): string {
  if (typeof value === 'string') return value;
  let members = '';
  for (const [key, inner] of value) {
    members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${textOf(inner)}`;
  }
  return `{${members}}`;
}
