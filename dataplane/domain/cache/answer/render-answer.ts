// A kept answer as a client gets it: whole or as an event stream, whichever it asked for and however
// the answer came, under an id and a time of its own.
import type { AssembledAnswer, Fields } from './assembled-answer.ts';

export interface RenderOptions {
  readonly id: string;
  readonly createdSeconds: number;
  readonly stream: boolean;
  /** Whether a stream ends with a chunk that holds the usage. */
  readonly showsUsage: boolean;
  readonly usage: 'original' | 'zero';
}

export interface RenderedAnswer {
  readonly contentType: string;
  readonly body: string;
}

export function renderAnswer(answer: AssembledAnswer, options: RenderOptions): RenderedAnswer {
  return options.stream
    ? { contentType: 'text/event-stream', body: streamOf(answer, options) }
    : { contentType: 'application/json', body: JSON.stringify(wholeOf(answer, options)) };
}

function wholeOf(answer: AssembledAnswer, options: RenderOptions): object {
  const { message, finishReason } = answer;
  const usage = usageOf(answer, options);
  return {
    ...headOf(answer, options, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason }],
    ...(usage === undefined ? {} : { usage }),
  };
}

/** The role, everything that was said, the end, the usage where it is wanted. */
function streamOf(answer: AssembledAnswer, options: RenderOptions): string {
  const head = headOf(answer, options, 'chat.completion.chunk');
  const usage = options.showsUsage ? usageOf(answer, options) : undefined;
  const chunk = (delta: Fields, finishReason: string | null): object => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
    ...(usage === undefined ? {} : { usage: null }),
  });
  const { role, ...said } = answer.message;
  const content = said['content'] === null ? null : '';
  const events = [
    chunk({ role: role ?? 'assistant', content }, null),
    chunk(deltaOf(said), null),
    chunk({}, answer.finishReason),
    ...(usage === undefined ? [] : [{ ...head, choices: [], usage }]),
  ];
  return `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`;
}

/** What a stream says of a message: nothing that is null, and each call with its index. */
function deltaOf(said: Fields): Fields {
  const members = Object.entries(said).filter(([, value]) => value !== null);
  return Object.fromEntries(
    members.map(([name, value]) =>
      name === 'tool_calls' && Array.isArray(value)
        ? [name, value.map((call: unknown, index) => ({ index, ...(call as Fields) }))]
        : [name, value],
    ),
  );
}

function headOf(
  { model, extra }: AssembledAnswer,
  { id, createdSeconds }: RenderOptions,
  object: string,
): Fields {
  return { id: `chatcmpl-${id}`, object, created: createdSeconds, model, ...extra };
}

function usageOf({ usage }: AssembledAnswer, options: RenderOptions): Fields | undefined {
  if (usage === undefined || options.usage === 'original') return usage;
  return { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
}
