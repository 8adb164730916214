// Stage 2: bytes to a ChatRequest. Refuses what nobody could route or bill unambiguously.
import { apiError, type ApiErrorCode } from '../domain/api-errors.ts';
import { isRequestProblem, readChatRequest } from '../domain/chat-request.ts';
import type { RequestHead } from '../domain/http.ts';
import { proceed, reject, type Respond, type Stage } from './stage.ts';
import type { Parsed, Received, WithBody } from './state.ts';

export const parse: Stage<Received & WithBody, Parsed> = {
  name: 'parse',
  run({ head, endpoint, body }) {
    const refusal = checkEncoding(head);
    if (refusal !== undefined) return refusal;
    const request = readChatRequest(body, endpoint);
    if (isRequestProblem(request)) {
      const code: ApiErrorCode =
        request.code === 'invalid_json' ? 'invalid_json' : 'invalid_request';
      return reject('invalid_request', apiError(code, request.message, { param: request.param }));
    }
    const asked = { model: request.requestedModel, stream: request.stream };
    return proceed({ request, asked });
  },
};

function checkEncoding(head: RequestHead): Respond | undefined {
  const encoding = head.headers.get('content-encoding');
  if (encoding !== undefined && encoding !== '' && encoding.toLowerCase() !== 'identity') {
    return unsupported('The request body must not be compressed.');
  }
  const type = head.headers.get('content-type');
  if (type !== undefined && type !== '' && !isJson(type)) {
    return unsupported('The request body must be JSON: send content-type: application/json.');
  }
  return undefined;
}

/** `application/json`, with or without parameters, or any `+json` type. */
function isJson(contentType: string): boolean {
  const end = contentType.indexOf(';');
  const type = (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
  return type === 'application/json' || type.endsWith('+json');
}

function unsupported(message: string): Respond {
  return reject('invalid_request', apiError('unsupported_media_type', message));
}
