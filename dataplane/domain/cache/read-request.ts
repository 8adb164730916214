// What the cache needs to know of a chat request: what identical ones share, what similar ones must
// share, and what speaks against either.
import type { BypassReason } from './bypass.ts';
import { canonicalJson, repeatsKey } from './canonical-json.ts';
import { digest } from './key.ts';

export interface CacheableRequest {
  /** Equal for requests that say the same but for their last user message. */
  readonly conversation: string;
  /** Equal for requests whose last user messages are identical too. */
  readonly exact: string;
  /** Text of the last message, if that is a user's. */
  readonly lastText: string | undefined;
  readonly userTurns: number;
  readonly hasTools: boolean;
}

// What does not reach the model, or not its answer. Whatever is not named here counts.
const volatile: ReadonlySet<string> = new Set([
  'model', // has its own places in the partition
  'stream',
  'stream_options',
  'user',
  'metadata',
  'store',
  'service_tier',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'request_id',
  'priority',
]);

/** Where a backend's default holds: OpenAI's, and that of most servers. */
const defaultTemperature = 1;

type Fields = Readonly<Record<string, unknown>>;

export interface ReadLimits {
  readonly maxTemperature: number;
}

/** Reads the body of a chat request, which was parsed before and is an object. */
export function readCacheable(body: Buffer, limits: ReadLimits): CacheableRequest | BypassReason {
  const request = parsed(body);
  if (request === undefined || repeatsKey(body, request)) return 'json';
  const messages = request['messages'];
  if (!Array.isArray(messages) || !messages.every(isFields)) return 'json';
  const reason = contraryField(request, limits) ?? (messages.some(hasMedia) ? 'media' : undefined);
  if (reason !== undefined) return reason;

  const last = messages.at(-1);
  const isUsers = last !== undefined && roleOf(last) === 'user';
  const earlier = isUsers ? messages.slice(0, -1) : messages;
  const rest = canonicalJson({ ...request, messages: earlier }, volatile);
  const lastMessage = canonicalJson(isUsers ? last : null);
  if (rest === undefined || lastMessage === undefined) return 'json';
  return {
    conversation: digest([rest]),
    exact: digest([lastMessage]),
    lastText: isUsers ? textOf(last['content']) : undefined,
    userTurns: messages.filter((message) => roleOf(message) === 'user').length,
    hasTools: usesTools(request) || messages.some(isAboutTools),
  };
}

function parsed(body: Buffer): Fields | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function contraryField(request: Fields, { maxTemperature }: ReadLimits): BypassReason | undefined {
  if (isAsked(request['n']) && request['n'] !== 1) return 'choices';
  if (isAsked(request['best_of']) && request['best_of'] !== 1) return 'choices';
  if (isAsked(request['logprobs']) || isAsked(request['top_logprobs'])) return 'logprobs';
  if (isAsked(request['prompt_logprobs'])) return 'logprobs';
  if (isAsked(request['audio']) || !isTextOnly(request['modalities'])) return 'media';
  const temperature = request['temperature'] ?? defaultTemperature;
  if (typeof temperature !== 'number' || temperature > maxTemperature) return 'temperature';
  return undefined;
}

function isTextOnly(modalities: unknown): boolean {
  if (!isAsked(modalities)) return true;
  return Array.isArray(modalities) && modalities.every((modality) => modality === 'text');
}

/** Whether a field asks for something: null, false, 0 and an empty list do not. */
function isAsked(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== false && value !== 0;
}

function usesTools(request: Fields): boolean {
  return ['tools', 'functions', 'tool_choice', 'function_call'].some((name) =>
    isAsked(request[name]),
  );
}

function isAboutTools(message: Fields): boolean {
  const role = roleOf(message);
  return role === 'tool' || role === 'function' || isAsked(message['tool_calls']);
}

function roleOf(message: Fields): unknown {
  const { role } = message;
  return typeof role === 'string' ? role.toLowerCase() : role;
}

/** Whether some part of a message is no text. */
function hasMedia(message: Fields): boolean {
  const { content } = message;
  return Array.isArray(content) && !content.every(isTextPart);
}

function isTextPart(part: unknown): boolean {
  if (typeof part === 'string') return true;
  if (!isFields(part)) return false;
  const keys = Object.keys(part).filter((key) => key !== 'cache_control');
  return keys.every((key) => key === 'type' || key === 'text' || key === 'refusal');
}

function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  return content
    .map((part: unknown) => (isFields(part) ? part['text'] : part))
    .filter((text) => typeof text === 'string')
    .join('\n');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
