// Reads the body of a request once: what routing, guards and metering need to know of it, where it
// stands in the bytes, and its text for whoever asks. It refuses what nobody could route or bill
// unambiguously, and leaves every other judgement to the backend. It knows no model and no HTTP.
import { JsonDocument, type JsonNode, none, parseJson } from './json/document.ts';
import { kinds } from './json/scanner.ts';
import type { JsonText } from './json/text.ts';
import { readModel, readStreaming, readTurns } from './request/checks.ts';
import { readFields, type RequestFields } from './request/fields.ts';
import { guardedTexts, type PlacedText } from './request/guarded-texts.ts';
import { problem, type RequestProblem } from './request/problem.ts';
import { contentBytes, contentJson, contentText, type Role, type Turn } from './request/turns.ts';
import type { Endpoint } from './usage-record.ts';

export type { RequestProblem } from './request/problem.ts';

/** How many messages each role has sent. */
type RoleCounts = Readonly<Record<Role, number>>;

/** What a request says. Its text is decoded when it is asked for, each time anew. */
export interface ChatRequest {
  readonly endpoint: Endpoint;
  /** The bytes as they came. */
  readonly body: Buffer;
  /** What the client asked for: 1 to 256 bytes, well-formed, without control characters. */
  readonly requestedModel: string;
  readonly stream: boolean;
  /** Whether the client itself asked for a usage chunk at the end of its stream. */
  readonly includeUsage: boolean;
  /** Number of messages; of turns or inputs at endpoints that have no messages. */
  readonly messageCount: number;
  readonly roles: RoleCounts;
  readonly hasTools: boolean;
  /** Number of answers asked for; 1 where the field is absent or no positive integer. */
  readonly n: number;
  /** Limit of the completion under any of its names; undefined where absent or no integer. */
  readonly maxTokens: number | undefined;
  /**
   * Length of all text of all turns in UTF-8 bytes, for `estimatePromptTokens`. Tool definitions,
   * arguments and images are not text; a token id counts as four bytes. Computed when read.
   */
  readonly promptBytes: number;
  /**
   * Text of the last user message: its string, or its text parts joined by line breaks; of
   * `prompt` and `input` at the endpoints that have those. Empty where there is none.
   */
  latestUserText(): string;
  /** The same text as it stands in the JSON of the request, for who need not have it decoded. */
  latestUserJson(): JsonText;
  /** Texts of all user messages in order, and of messages whose role nobody knows. */
  userTexts(): string[];
  /** Texts of users and tools, in order, each with its place: what guards look at. */
  guardedTexts(): readonly PlacedText[];
  /** Texts of all system and developer messages joined by line breaks; empty where there is none. */
  systemText(): string;
  /** Where everything stands, for rewriting. */
  readonly source: RequestSource;
}

interface RequestSource {
  readonly document: JsonDocument;
  readonly fields: RequestFields;
  /** The turns; at the chat endpoint exactly one for each message, in order. */
  readonly turns: readonly Turn[];
}

export function isRequestProblem(read: ChatRequest | RequestProblem): read is RequestProblem {
  return 'code' in read;
}

/** Reads a body that came to one of the metered endpoints. */
export function readChatRequest(body: Buffer, endpoint: Endpoint): ChatRequest | RequestProblem {
  if (body.length === 0) return problem('invalid_json', 'The request body is empty.');
  const document = parseJson(body);
  if (!(document instanceof JsonDocument)) {
    return problem('invalid_json', `The request body is not valid JSON: ${document.message}.`);
  }
  if (document.kind(document.root) !== kinds.object) {
    return problem('not_an_object', 'The request body must be a JSON object.');
  }
  const fields = readFields(document);
  if ('ambiguous' in fields) return ambiguous(fields.ambiguous);
  const model = readModel(document, fields.model);
  if (typeof model !== 'string') return model;
  const streaming = readStreaming(document, fields);
  if ('code' in streaming) return streaming;
  const turns = readTurns(document, fields, endpoint);
  if ('code' in turns) return turns;
  const facts = { endpoint, body, requestedModel: model, ...streaming };
  return new ParsedRequest(facts, { document, fields, turns });
}

function ambiguous(field: string): RequestProblem {
  const message = `The field \`${field}\` stands in the request more than once.`;
  return problem(field === 'model' ? 'ambiguous_model' : 'ambiguous_field', message, field);
}

type Facts = Pick<ChatRequest, 'endpoint' | 'body' | 'requestedModel' | 'stream' | 'includeUsage'>;

class ParsedRequest implements ChatRequest {
  readonly endpoint: Endpoint;
  readonly body: Buffer;
  readonly requestedModel: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly source: RequestSource;

  constructor(facts: Facts, source: RequestSource) {
    this.endpoint = facts.endpoint;
    this.body = facts.body;
    this.requestedModel = facts.requestedModel;
    this.stream = facts.stream;
    this.includeUsage = facts.includeUsage;
    this.source = source;
  }

  get messageCount(): number {
    return this.source.turns.length;
  }

  get roles(): RoleCounts {
    const counts = { system: 0, user: 0, assistant: 0, tool: 0, other: 0 };
    for (const { role } of this.source.turns) counts[role] += 1;
    return counts;
  }

  get hasTools(): boolean {
    const { document, fields } = this.source;
    return document.count(fields.tools) > 0 || document.count(fields.functions) > 0;
  }

  get n(): number {
    return this.positiveInteger(this.source.fields.n) ?? 1;
  }

  get maxTokens(): number | undefined {
    const { fields } = this.source;
    return (
      this.positiveInteger(fields.max_completion_tokens) ??
      this.positiveInteger(fields.max_tokens) ??
      this.positiveInteger(fields.max_output_tokens)
    );
  }

  get promptBytes(): number {
    const { document, turns } = this.source;
    return turns.reduce((sum, { content }) => sum + contentBytes(document, content), 0);
  }

  latestUserText(): string {
    return this.latestUserJson().toString();
  }

  latestUserJson(): JsonText {
    const { document, turns } = this.source;
    const latest = turns.findLast(({ role }) => role === 'user');
    return contentJson(document, latest?.content ?? none);
  }

  userTexts(): string[] {
    return this.texts((role) => role === 'user' || role === 'other');
  }

  guardedTexts(): readonly PlacedText[] {
    return guardedTexts(this.source.document, this.source.turns);
  }

  systemText(): string {
    return this.texts((role) => role === 'system').join('\n');
  }

  private texts(isWanted: (role: Role) => boolean): string[] {
    const { document, turns } = this.source;
    return turns.flatMap(({ role, content }) =>
      isWanted(role) ? [contentText(document, content)] : [],
    );
  }

  private positiveInteger(node: JsonNode): number | undefined {
    const { document } = this.source;
    if (document.kind(node) !== kinds.number) return undefined;
    const value = document.value(node);
    return Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : undefined;
  }
}
