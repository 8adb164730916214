// An ext_proc stream over a scripted call: what Envoy would say goes in, what it would hear is read.
import { createBufferingAlarm } from '../../dataplane/extproc/buffering-alarm.ts';
import { ExtProcStream } from '../../dataplane/extproc/stream.ts';
import { bookOfExchanges, type ExchangeBook, type ExchangeScript } from './extproc-exchange.ts';
import {
  decodeResponse,
  encodeRequest,
  type BodyModeName,
  type HeadersPart,
  type RequestMessage,
  type ResponseMessage,
} from './extproc-messages.ts';
import { keepingLog } from './keeping-log.ts';

export type Modes = readonly [request: BodyModeName, response: BodyModeName];
export const buffered: Modes = ['BUFFERED', 'BUFFERED'];
export const streamed: Modes = ['BUFFERED', 'STREAMED'];
export const duplex: Modes = ['FULL_DUPLEX_STREAMED', 'FULL_DUPLEX_STREAMED'];

const headersOf = (pairs: Readonly<Record<string, string>>, endOfStream = false): HeadersPart => ({
  headers: {
    headers: Object.entries(pairs).map(([key, value]) => ({ key, rawValue: Buffer.from(value) })),
  },
  endOfStream,
});
export const request = (
  pairs: Readonly<Record<string, string>> = {},
  end = false,
): RequestMessage => ({
  requestHeaders: headersOf({ ':path': '/v1/chat/completions', ...pairs }, end),
});
export const requestBody = (body: string, endOfStream = true): RequestMessage => ({
  requestBody: { body: Buffer.from(body), endOfStream },
});
export const response = (
  pairs: Readonly<Record<string, string>> = {},
  end = false,
): RequestMessage => ({
  responseHeaders: headersOf({ ':status': '200', ...pairs }, end),
});
export const responseBody = (body: string, endOfStream = false): RequestMessage => ({
  responseBody: { body: Buffer.from(body), endOfStream },
});
export const eventStream = { 'content-type': 'text/event-stream' };

export interface ScriptedStream {
  readonly stream: ExtProcStream;
  /** Gives the stream a message and returns what it replied at once. */
  readonly say: (message: RequestMessage) => ResponseMessage[];
  /** Every reply so far. */
  readonly heard: readonly ResponseMessage[];
  readonly refused: readonly string[];
  readonly logged: readonly string[];
  readonly book: ExchangeBook;
  /** The connection below: whether it takes replies, whether it was paused, and its clock. */
  readonly call: { takesReplies: boolean; readonly isPaused: boolean; timeMs: number };
}

/** `modes` undefined: an Envoy that names none. */
export function scripted(modes: Modes | undefined, script: ExchangeScript = {}): ScriptedStream {
  const book = bookOfExchanges(script);
  const logged: string[] = [];
  const refused: string[] = [];
  const heard: ResponseMessage[] = [];
  const call = { takesReplies: true, isPaused: false, timeMs: 0 };
  const log = keepingLog(logged);
  const stream = new ExtProcStream(
    {
      write: (reply, body = []) => {
        heard.push(decodeResponse(Buffer.concat([reply, ...body])));
        return call.takesReplies;
      },
      pause: () => {
        call.isPaused = true;
      },
      resume: () => {
        call.isPaused = false;
      },
      refuse: (details) => {
        refused.push(details);
      },
    },
    {
      openExchange: book.open,
      log,
      alarm: createBufferingAlarm(log, () => call.timeMs),
      onEndingFailed: (error) => {
        logged.push(String(error));
      },
    },
  );
  let isFirst = true;
  const say = (message: RequestMessage): ResponseMessage[] => {
    const from = heard.length;
    const config = modes && {
      protocolConfig: { requestBodyMode: modes[0], responseBodyMode: modes[1] },
    };
    stream.message(encodeRequest({ ...message, ...(isFirst ? config : {}) }));
    isFirst = false;
    return heard.slice(from);
  };
  return { stream, say, heard, refused, logged, book, call };
}

/** A reply in a few words: what it answers, and what it changes. */
export function gist(reply: ResponseMessage | undefined): string {
  if (reply === undefined) return 'nothing';
  const { immediateResponse: answer } = reply;
  if (answer !== undefined) return `answer ${answer.status.code} ${answer.body}`;
  const kind = reply.response ?? 'none';
  const common = reply[kind as 'requestBody']?.response;
  const set = common?.headerMutation?.setHeaders.map(
    ({ header }) => `${header.key}=${header.rawValue}`,
  );
  const streamedPart = common?.bodyMutation?.streamedResponse;
  const parts = [
    ...(set ?? []),
    ...(common?.headerMutation?.removeHeaders.map((name) => `-${name}`) ?? []),
    ...(common?.clearRouteCache ? ['reroute'] : []),
    ...(common?.bodyMutation?.body === undefined ? [] : [`body ${common.bodyMutation.body}`]),
    ...(common?.bodyMutation?.clearBody ? ['no body'] : []),
    ...(streamedPart ? [`piece ${streamedPart.body}${streamedPart.endOfStream ? '.' : ''}`] : []),
    ...(reply.modeOverride ? [`override ${reply.modeOverride['responseBodyMode'] ?? ''}`] : []),
    ...(reply.dynamicMetadata ? ['facts'] : []),
  ];
  return [kind, ...parts].join(' ');
}
export const gists = (replies: readonly ResponseMessage[]): string[] => replies.map(gist);

export const big = '{"model":"big"}';
export const bigRewritten = '{"model":"big","rewrite":true}';
export const rewritten = '{"model":"big","rewrite":true,"note":"added by the router"}';
