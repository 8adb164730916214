// The steps of an exchange, for tests that drive the pipeline without a transport: each fails the
// test where the pipeline answers otherwise than the step expects.
import { expect } from '@jest/globals';
import type { ImmediateAnswer } from '../../dataplane/domain/http.ts';
import type {
  Ending,
  Exchange,
  ExchangeFacts,
  RequestVerdict,
} from '../../dataplane/pipeline/exchange.ts';
import { headerList, requestHead, type ExchangeFixture, type HeadOptions } from './exchange.ts';

/** The section that puts a configuration into MaaS mode. */
export const maas = { maas_integration: { enabled: true } };
export const alice: NonNullable<HeadOptions['headers']> = [
  ['x-auth-request-user', 'alice'],
  ['x-auth-request-tier', 'premium'],
];
export const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };

export function chat(model: string, text: string, more: object = {}): Buffer {
  return Buffer.from(
    JSON.stringify({ model, messages: [{ role: 'user', content: text }], ...more }),
  );
}

export function send(
  fixture: ExchangeFixture,
  body: Buffer,
  head: HeadOptions = {},
): { readonly exchange: Exchange; readonly verdict: RequestVerdict } {
  const exchange = fixture.open();
  expect(exchange.requestHeaders(requestHead(head)).kind).toBe('await-body');
  const verdict = exchange.requestBody(body);
  if (verdict instanceof Promise) throw new Error('the pipeline waited for something');
  return { exchange, verdict };
}

export function answerOf(verdict: { readonly kind: string; readonly answer?: ImmediateAnswer }): {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly json: { error: { code: string; param: string | null; message: string } };
} {
  if (verdict.answer === undefined) throw new Error(`no answer but ${verdict.kind}`);
  const { status, headers, body } = verdict.answer;
  return { status, headers: Object.fromEntries(headers), json: JSON.parse(String(body)) as never };
}

export function forwarded(verdict: RequestVerdict): {
  readonly set: Record<string, string>;
  readonly remove: readonly string[];
  readonly body: Record<string, unknown> | undefined;
} {
  if (verdict.kind !== 'forward') throw new Error(`not forwarded but ${verdict.kind}`);
  return {
    set: Object.fromEntries(verdict.headers.set),
    remove: verdict.headers.remove,
    body:
      verdict.body === undefined
        ? undefined
        : (JSON.parse(Buffer.concat(verdict.body).toString()) as Record<string, unknown>),
  };
}

export function respond(
  exchange: Exchange,
  status: number,
  type = 'application/json',
): Record<string, string> {
  const verdict = exchange.responseHeaders({
    headers: headerList([
      [':status', String(status)],
      ['content-type', type],
    ]),
    endOfStream: false,
  });
  if (verdict instanceof Promise) throw new Error('the pipeline waited for something');
  return Object.fromEntries(verdict.headers.set);
}

export function feed(exchange: Exchange, chunk: Buffer, last: boolean): Buffer | undefined {
  const shown = exchange.responseBody(chunk, last);
  if (shown instanceof Promise) throw new Error('the pipeline waited for something');
  return shown;
}

export function finish(exchange: Exchange, ending: Ending): ExchangeFacts | undefined {
  const facts = exchange.finalize(ending);
  if (facts instanceof Promise) throw new Error('the pipeline waited for something');
  return facts;
}
