// The one place that knows what an HTTP answer or a broken connection means to the port.
import { KubeError, type KubeErrorCause, type KubeErrorCode } from './port.ts';

/** An answer that is no success. `body` is what the server sent, whatever it is. */
export interface FailedAnswer {
  readonly status: number;
  readonly retryAfter?: string | undefined;
  readonly body: string;
}

const byStatus: Readonly<Record<number, KubeErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  410: 'gone',
  412: 'conflict',
  422: 'invalid',
  429: 'too-many-requests',
  502: 'unavailable',
  503: 'unavailable',
  504: 'timeout',
};

// Enough to recognise a proxy's error page, too little to fill a log.
const longestExcerpt = 200;

/** The error of an HTTP answer; `asked` leads its message. */
export function errorOfAnswer(asked: string, answer: FailedAnswer): KubeError {
  const status = readStatus(parseOrUndefined(answer.body));
  const said = status?.message ?? answer.body.trim().slice(0, longestExcerpt);
  const message = said === '' ? `HTTP ${answer.status}` : said;
  return build(asked, {
    code: answer.status,
    message,
    reason: status?.reason,
    causes: status?.causes ?? [],
    retryAfterSeconds: status?.retryAfterSeconds ?? wholeSeconds(answer.retryAfter),
  });
}

/** The error of a `Status` object, which is how a watch reports its end. */
export function errorOfStatus(asked: string, object: unknown): KubeError {
  const status = readStatus(object);
  if (status === undefined) return new KubeError('garbled', `${asked}: an error without a status`);
  return build(asked, { ...status, message: status.message ?? status.reason ?? 'no reason given' });
}

/** The error of a connection that gave no answer. */
export function errorOfConnection(asked: string, cause: unknown): KubeError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const said = message === '' ? (codeOf(cause) ?? 'connection failed') : message;
  return new KubeError('unreachable', `${asked}: ${said}`, { cause });
}

// The connection was never made, so that the server cannot have seen the request.
const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether the server surely did nothing, so that even a create may be tried again. */
export function wasNotProcessed(error: KubeError): boolean {
  if (error.code === 'too-many-requests') return true;
  if (error.code !== 'unreachable') return false;
  const { cause } = error;
  if (cause instanceof AggregateError) {
    return (
      cause.errors.length > 0 && cause.errors.every((each) => beforeSending.has(codeOf(each) ?? ''))
    );
  }
  return beforeSending.has(codeOf(cause) ?? '');
}

interface Status {
  readonly code: number;
  readonly message?: string | undefined;
  readonly reason?: string | undefined;
  readonly causes: readonly KubeErrorCause[];
  readonly retryAfterSeconds?: number | undefined;
}

function build(asked: string, status: Status & { readonly message: string }): KubeError {
  return new KubeError(codeFor(status), `${asked}: ${status.message}`, {
    status: status.code,
    causes: status.causes,
    ...(status.reason === undefined ? {} : { reason: status.reason }),
    ...(status.retryAfterSeconds === undefined
      ? {}
      : { retryAfterSeconds: status.retryAfterSeconds }),
  });
}

// What an API server says, with 500, of an applied object that has not the form of its kind.
const misshapen = 'failed to create typed patch object';

function codeFor(status: Status): KubeErrorCode {
  if (status.code === 500 && status.message?.startsWith(misshapen) === true) return 'invalid';
  if (status.code === 409 && status.reason === 'AlreadyExists') return 'already-exists';
  const known = byStatus[status.code];
  if (known !== undefined) return known;
  if (status.code >= 500) return 'internal';
  // A redirect or an odd success is no answer of an API server.
  return status.code >= 400 ? 'bad-request' : 'garbled';
}

function readStatus(value: unknown): Status | undefined {
  if (!isRecord(value) || value['kind'] !== 'Status') return undefined;
  const details = isRecord(value['details']) ? value['details'] : {};
  const causes = Array.isArray(details['causes']) ? details['causes'].filter(isRecord) : [];
  const retryAfter = details['retryAfterSeconds'];
  return {
    code: typeof value['code'] === 'number' ? value['code'] : 0,
    message: textOf(value['message']),
    reason: textOf(value['reason']),
    causes: causes.map((cause) => ({
      reason: textOf(cause['reason']) ?? '',
      field: textOf(cause['field']) ?? '',
      message: textOf(cause['message']) ?? '',
    })),
    retryAfterSeconds: typeof retryAfter === 'number' && retryAfter > 0 ? retryAfter : undefined,
  };
}

function wholeSeconds(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string | undefined {
  return isRecord(error) ? textOf(error['code']) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
