// A stand-in for model servers, for people who have none: speaks the OpenAI API, streams believable
// tokens at a believable pace, and reports usage. What it says is made up, and says so.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { modelList } from '../domain/model-list.ts';
import { readSimulatedRequest, type SimulatedRequest } from './simulated-request.ts';
import { composeAnswer, countTokens, type SimulatedAnswer } from './simulated-text.ts';

export interface SimulatedModelOptions {
  readonly host: string;
  /** 0 or left out: any free port. */
  readonly port?: number;
  /** Pace of streams and delay of whole answers; 0: at once. Default 60. */
  readonly tokensPerSecond?: number;
}

export interface SimulatedModel {
  readonly port: number;
  close(): Promise<void>;
}

const maxBodyBytes = 64 * 1024 * 1024;
/** A whole answer is not held back longer than this, however long it would take to write. */
const maxDelayMs = 1500;

export async function startSimulatedModel(options: SimulatedModelOptions): Promise<SimulatedModel> {
  const { host, port = 0, tokensPerSecond = 60 } = options;
  const msPerToken = tokensPerSecond === 0 ? 0 : 1000 / tokensPerSecond;
  const server = createServer((request, response) => {
    serve(request, response, msPerToken).catch(() => {
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  msPerToken: number,
): Promise<void> {
  const body = await readBody(incoming);
  if (body === undefined) return;
  const path = (incoming.url ?? '/').split('?')[0] ?? '/';
  response.setHeader('x-simulated-model', 'true');
  if (path === '/health') {
    send(response, 200, { status: 'ok' });
    return;
  }
  if (path === '/v1/models') {
    send(response, 200, modelList(['simulated']));
    return;
  }
  const request = readSimulatedRequest(path, body);
  if ('error' in request) {
    send(response, request.status, { error: request.error });
    return;
  }
  if (request.kind === 'embeddings') {
    send(response, 200, embeddings(request));
    return;
  }
  const answer = composeAnswer(request);
  if (request.stream) return stream(response, { request, answer, msPerToken });
  await sleep(Math.min(maxDelayMs, msPerToken * answer.usage.completion_tokens));
  send(response, 200, whole(request, answer));
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) {
      incoming.destroy();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, status: number, value: object): void {
  const text = JSON.stringify(value);
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    })
    .end(text);
}

function common(request: SimulatedRequest, object: string): object {
  return {
    id: `${request.kind === 'chat' ? 'chatcmpl' : 'cmpl'}-simulated`,
    object,
    created: Math.floor(Date.now() / 1000),
    model: request.model,
    system_fingerprint: 'simulated',
  };
}

function whole(request: SimulatedRequest, answer: SimulatedAnswer): object {
  const text = answer.tokens.join('');
  const reasoning = answer.reasoning.join('');
  const choice = (index: number): object =>
    request.kind === 'chat'
      ? {
          index,
          message: {
            role: 'assistant',
            ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
            content: text,
          },
          finish_reason: answer.finishReason,
        }
      : { index, text, finish_reason: answer.finishReason };
  return {
    ...common(request, request.kind === 'chat' ? 'chat.completion' : 'text_completion'),
    choices: Array.from({ length: request.n }, (_, index) => choice(index)),
    usage: answer.usage,
  };
}

interface StreamParts {
  readonly request: SimulatedRequest;
  readonly answer: SimulatedAnswer;
  readonly msPerToken: number;
}

async function stream(response: ServerResponse, parts: StreamParts): Promise<void> {
  const { request, answer, msPerToken } = parts;
  const isChat = request.kind === 'chat';
  const head = common(request, isChat ? 'chat.completion.chunk' : 'text_completion');
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const write = (choices: readonly object[], more: object = {}): void => {
    response.write(`data: ${JSON.stringify({ ...head, choices, ...more })}\n\n`);
  };
  const each = (part: object): object[] =>
    Array.from({ length: request.n }, (_, index) => ({ index, ...part }));
  const pieces = [
    ...answer.reasoning.map((text) => ({ reasoning_content: text })),
    ...answer.tokens.map((text) => ({ content: text })),
  ];
  if (isChat) write(each({ delta: { role: 'assistant', content: '' }, finish_reason: null }));
  for (const piece of pieces) {
    if (response.destroyed) return;
    const text = 'content' in piece ? piece.content : '';
    write(each(isChat ? { delta: piece, finish_reason: null } : { text, finish_reason: null }));
    await sleep(msPerToken);
  }
  write(each({ ...(isChat ? { delta: {} } : { text: '' }), finish_reason: answer.finishReason }));
  if (request.includeUsage) write([], { usage: answer.usage });
  response.end('data: [DONE]\n\n');
}

/** Small vectors that depend on the text alone, so that equal texts are equal. */
function embeddings(request: SimulatedRequest): object {
  const tokens = request.inputs.reduce((sum, text) => sum + countTokens(text), 0);
  return {
    object: 'list',
    model: request.model,
    data: request.inputs.map((text, index) => ({
      object: 'embedding',
      index,
      embedding: Array.from({ length: 8 }, (_, at) => {
        let sum = at + 1;
        for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 1009;
        return Number((sum / 504.5 - 1).toFixed(4));
      }),
    })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}
