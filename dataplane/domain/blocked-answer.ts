// The answer to a blocked request: in the shape that existing users of semantic-router know, a chat
// completion with status 200 whose finish reason is `content_filter`; or an error of status 403,
// which is also what endpoints get that give no chat completions.
import { apiError } from './api-errors.ts';
import type { ImmediateAnswer } from './http.ts';
import type { Endpoint } from './usage-record.ts';

const model = 'security-filter';
const message = 'This request was blocked by a content policy.';

export function blockedAnswer(options: {
  readonly id: string;
  readonly endpoint: Endpoint;
  readonly createdSeconds: number;
  readonly stream: boolean;
  readonly form: 'content_filter' | 'forbidden';
}): ImmediateAnswer {
  const { id, createdSeconds, endpoint, form, stream } = options;
  if (form === 'forbidden' || endpoint !== 'chat.completions') {
    return { ...apiError('content_policy_violation', message), details: 'router_blocked' };
  }
  const common = { id: `chatcmpl-${id}`, created: createdSeconds, model };
  const finish = { index: 0, finish_reason: 'content_filter' };
  if (!stream) {
    return {
      status: 200,
      headers: [['content-type', 'application/json']],
      body: JSON.stringify({
        ...common,
        object: 'chat.completion',
        choices: [{ ...finish, message: { role: 'assistant', content: message } }],
        usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
      }),
      details: 'router_blocked',
    };
  }
  const chunk = JSON.stringify({
    ...common,
    object: 'chat.completion.chunk',
    choices: [{ ...finish, delta: { role: 'assistant', content: message } }],
  });
  return {
    status: 200,
    headers: [['content-type', 'text/event-stream']],
    body: `data: ${chunk}\n\ndata: [DONE]\n\n`,
    details: 'router_blocked',
  };
}
