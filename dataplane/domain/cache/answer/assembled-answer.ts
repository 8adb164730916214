// A chat completion in the one form in which it is kept, whether it came whole or as an event stream;
// and whether it is one that may be given again.

export type Fields = Readonly<Record<string, unknown>>;

/** Plain JSON data. */
export interface AssembledAnswer {
  /** What the backend called its model. */
  readonly model: string;
  /** The message as a whole answer has it: role, content and what else there was. */
  readonly message: Fields;
  readonly finishReason: string;
  /** The usage object of the backend; undefined where it reported none. */
  readonly usage: Fields | undefined;
  /** Other fields of the answer that clients see, such as `system_fingerprint`. */
  readonly extra: Fields;
}

/** Why an answer is not kept. A closed list: each is a label of a metric. */
export const refusalReasons = [
  'incomplete', // cut, without its end, or broken
  'status', // no success
  'format', // no chat completion that we can give again
  'choices', // none, or several
  'finish', // filtered, or another reason than an end
  'empty',
  'refused', // the model would not answer
  'size',
] as const;

export type StoreRefusal = (typeof refusalReasons)[number];

/** Fields beside the message that are kept. */
export const extraFields = ['system_fingerprint', 'service_tier'] as const;

/** By `finish_reason`: any match, only identical requests, or none. */
const reach: Readonly<Record<string, 'similar' | 'exact'>> = {
  stop: 'similar',
  // The same limit or the same tools cut the same answer short for an identical request alone.
  length: 'exact',
  tool_calls: 'exact',
  function_call: 'exact',
};

/** How far an answer may be given again, or why not at all. */
export function reachOf(answer: AssembledAnswer): 'similar' | 'exact' | StoreRefusal {
  const { finishReason, message } = answer;
  const far = Object.hasOwn(reach, finishReason) ? reach[finishReason] : undefined;
  if (far === undefined) return 'finish';
  if (typeof message['refusal'] === 'string' && message['refusal'] !== '') return 'refused';
  const { content } = message;
  const calls = message['tool_calls'] ?? message['function_call'];
  const hasCalls = calls !== undefined && calls !== null;
  if (hasCalls) return 'exact';
  return typeof content === 'string' && content !== '' ? far : 'empty';
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An answer as it was kept; undefined for bytes that are none. */
export function parseAssembled(bytes: Buffer): AssembledAnswer | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return isAssembled(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isAssembled(value: unknown): value is AssembledAnswer {
  if (!isFields(value)) return false;
  const { model, message, finishReason, usage, extra } = value;
  return (
    typeof model === 'string' &&
    typeof finishReason === 'string' &&
    isFields(message) &&
    isFields(extra) &&
    (usage === undefined || isFields(usage))
  );
}
