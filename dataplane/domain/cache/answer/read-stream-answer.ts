// The event stream of a chat completion to the form in which it is kept: its deltas added up.
import { EventReader } from '../../sse/event-reader.ts';
import {
  isFields,
  type AssembledAnswer,
  type Fields,
  type StoreRefusal,
} from './assembled-answer.ts';
import { extraOf } from './read-json-answer.ts';

/** Reads all bytes of a stream. What does not end in `[DONE]` is incomplete. */
export function readStreamAnswer(body: Buffer): AssembledAnswer | StoreRefusal {
  const builder = new AnswerBuilder();
  const reader = new EventReader({
    event: (bytes, start, end) => {
      builder.take(bytes.toString('utf8', start, end));
    },
    skipped: () => {
      builder.refuse('size');
    },
    boundary: () => undefined,
    take: (_, offset) => offset,
  });
  reader.feed(body);
  reader.end();
  return builder.answer();
}

class AnswerBuilder {
  #refusal: StoreRefusal | undefined;
  #isDone = false;
  #model: string | undefined;
  #finishReason: string | undefined;
  #usage: Fields | undefined;
  #extra: Fields = {};
  #message: Record<string, unknown> = {};
  readonly #calls: Record<string, unknown>[] = [];

  refuse(reason: StoreRefusal): void {
    this.#refusal ??= reason;
  }

  take(data: string): void {
    if (data.trimEnd() === '[DONE]') {
      this.#isDone = true;
      return;
    }
    const event = parsed(data);
    if (event === undefined || event['error'] !== undefined) {
      this.refuse('format');
      return;
    }
    const { choices, model, usage } = event;
    if (typeof model === 'string' && model !== '') this.#model ??= model;
    if (isFields(usage)) this.#usage = usage;
    this.#extra = { ...this.#extra, ...extraOf(event) };
    if (Array.isArray(choices)) for (const choice of choices as unknown[]) this.#takeChoice(choice);
  }

  answer(): AssembledAnswer | StoreRefusal {
    if (this.#refusal !== undefined) return this.#refusal;
    if (!this.#isDone || this.#finishReason === undefined) return 'incomplete';
    if (this.#model === undefined) return 'format';
    return {
      model: this.#model,
      message: {
        role: 'assistant',
        content: null,
        ...this.#message,
        ...(this.#calls.length === 0 ? {} : { tool_calls: this.#calls }),
      },
      finishReason: this.#finishReason,
      usage: this.#usage,
      extra: this.#extra,
    };
  }

  #takeChoice(choice: unknown): void {
    if (!isFields(choice) || (choice['index'] ?? 0) !== 0) {
      this.refuse('choices');
      return;
    }
    const { delta, finish_reason: finishReason } = choice;
    if (typeof finishReason === 'string') this.#finishReason = finishReason;
    if (!isFields(delta)) return;
    for (const [name, value] of Object.entries(delta)) this.#takeDelta(name, value);
  }

  /** Texts are added up, calls by their index; of anything else nobody knows how. */
  #takeDelta(name: string, value: unknown): void {
    if (value === null || value === undefined) return;
    if (name === 'role') this.#message[name] = value;
    else if (name === 'tool_calls' && Array.isArray(value)) {
      for (const call of value as unknown[]) this.#takeCall(call);
    } else if (typeof value === 'string') {
      const before = this.#message[name];
      this.#message[name] = (typeof before === 'string' ? before : '') + value;
    } else if (name === 'function_call' && isFields(value)) {
      const before = this.#message[name];
      this.#message[name] = joined(isFields(before) ? before : {}, value);
    } else if (!Array.isArray(value) || value.length > 0) this.refuse('format');
  }

  #takeCall(call: unknown): void {
    const index = isFields(call) ? (call['index'] ?? 0) : undefined;
    if (!isFields(call) || typeof index !== 'number' || index < 0 || index > 127) {
      this.refuse('format');
      return;
    }
    const { index: _, function: part, ...rest } = call;
    const before = this.#calls[index] ?? {};
    const known = isFields(before['function']) ? before['function'] : {};
    this.#calls[index] = {
      ...before,
      ...rest,
      ...(isFields(part) ? { function: joined(known, part) } : {}),
    };
  }
}

/** The members of both; `arguments` come in pieces, a name in one. */
function joined(before: Fields, after: Fields): Fields {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    ...before,
    ...after,
    arguments: text(before['arguments']) + text(after['arguments']),
  };
}

function parsed(data: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
