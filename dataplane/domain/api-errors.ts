// The errors that the router gives clients: a closed set of codes, one table, one mapper to HTTP.
import type { ImmediateAnswer } from './http.ts';

const table = {
  invalid_json: { status: 400, type: 'invalid_request_error' },
  invalid_request: { status: 400, type: 'invalid_request_error' },
  content_policy_violation: { status: 403, type: 'invalid_request_error' },
  model_not_found: { status: 400, type: 'invalid_request_error' },
  unknown_model: { status: 404, type: 'invalid_request_error' },
  unauthenticated: { status: 401, type: 'authentication_error' },
  method_not_allowed: { status: 405, type: 'invalid_request_error' },
  request_too_large: { status: 413, type: 'invalid_request_error' },
  unsupported_media_type: { status: 415, type: 'invalid_request_error' },
  internal_error: { status: 500, type: 'server_error' },
  signals_unavailable: { status: 503, type: 'server_error' },
} as const;

export type ApiErrorCode = keyof typeof table;

/**
 * An error as an OpenAI client reads it: `{"error": {message, type, param, code}}`. The message is
 * ours; it may carry client text only as JSON string content, which is escaped here.
 */
export function apiError(
  code: ApiErrorCode,
  message: string,
  options: {
    readonly param?: string | undefined;
    readonly headers?: ImmediateAnswer['headers'];
  } = {},
): ImmediateAnswer {
  const { status, type } = table[code];
  const publicCode = code === 'unknown_model' ? 'model_not_found' : code;
  return {
    status,
    headers: [['content-type', 'application/json'], ...(options.headers ?? [])],
    body: JSON.stringify({
      error: { message, type, param: options.param ?? null, code: publicCode },
    }),
    details: `router_${code}`,
  };
}
