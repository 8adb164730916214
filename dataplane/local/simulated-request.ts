// Reading what the simulated model is asked: as much of the OpenAI API as its answers depend on.
import { z } from 'zod';

const part = z.object({ text: z.string().optional() });
const content = z.union([z.string(), z.array(part), z.null()]).optional();
const bodySchema = z.object({
  model: z.string(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  n: z.int().min(1).max(16).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  messages: z.array(z.object({ role: z.string(), content })).optional(),
  prompt: z.union([z.string(), z.array(z.string())]).optional(),
  input: z.union([z.string(), z.array(z.string())]).optional(),
  reasoning_effort: z.string().optional(),
  chat_template_kwargs: z.record(z.string(), z.unknown()).optional(),
});

export interface SimulatedRequest {
  readonly kind: 'chat' | 'completion' | 'embeddings';
  readonly model: string;
  readonly inputs: readonly string[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly n: number;
  readonly maxTokens: number | undefined;
  /** Whether reasoning mode was switched on, in any of the ways of its families. */
  readonly reasons: boolean;
}

export interface SimulatedError {
  readonly status: number;
  readonly error: { readonly message: string; readonly type: string; readonly code: string };
}

const kinds = new Map<string, SimulatedRequest['kind']>([
  ['/v1/chat/completions', 'chat'],
  ['/v1/completions', 'completion'],
  ['/v1/embeddings', 'embeddings'],
]);

const neededField = { chat: 'messages', completion: 'prompt', embeddings: 'input' } as const;

export function readSimulatedRequest(
  path: string,
  body: Buffer,
): SimulatedRequest | SimulatedError {
  const kind = kinds.get(path);
  if (kind === undefined) return failure(404, `The simulated model does not serve ${path}.`);
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    return failure(400, 'The request body is not JSON.');
  }
  const parsed = bodySchema.safeParse(json);
  if (!parsed.success) return failure(400, z.prettifyError(parsed.error));
  const { data } = parsed;
  const needed = neededField[kind];
  if (data[needed] === undefined) return failure(400, `The field \`${needed}\` is missing.`);
  return {
    kind,
    model: data.model,
    inputs: inputsOf(data),
    stream: data.stream ?? false,
    includeUsage: data.stream_options?.include_usage ?? false,
    n: data.n ?? 1,
    maxTokens: data.max_completion_tokens ?? data.max_tokens ?? undefined,
    reasons: isReasoning(data),
  };
}

type Body = z.output<typeof bodySchema>;

function inputsOf({ messages, prompt, input }: Body): string[] {
  const texts = messages?.map(({ content: text }) =>
    typeof text === 'string' ? text : (text ?? []).map(({ text: one }) => one ?? '').join('\n'),
  );
  const other = prompt ?? input ?? [];
  return texts ?? (typeof other === 'string' ? [other] : other);
}

function isReasoning({ reasoning_effort: effort, chat_template_kwargs: kwargs }: Body): boolean {
  const switches = Object.values(kwargs ?? {});
  const efforts = [effort, ...switches];
  return switches.includes(true) || efforts.includes('medium') || efforts.includes('high');
}

function failure(status: number, message: string): SimulatedError {
  return { status, error: { message, type: 'invalid_request_error', code: 'invalid_request' } };
}
