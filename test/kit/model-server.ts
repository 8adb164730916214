// A backend that speaks OpenAI's protocol and does exactly what a test tells it, byte by byte; it
// keeps every request and how it ended.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultReply, type ModelRequest, type Reply, type Step } from './model-replies.ts';

type Script = Reply | ((request: ModelRequest) => Reply);

export interface ModelServer {
  readonly port: number;
  /** Such as `http://127.0.0.1:4711`. */
  readonly url: string;
  /** Every request whose body came whole, oldest first. */
  readonly requests: readonly ModelRequest[];
  /** Answers the next request that has no earlier reply waiting, once. */
  next(script: Script): void;
  /** Resolves with the request of that index as soon as it is there. */
  request(index: number): Promise<ModelRequest>;
  close(): Promise<void>;
}

/**
 * Starts a backend. What answers a request: the queue filled by `next`, else the script that the
 * header `x-script` names, else the one named as the body's `model`, else `fallback`, which by
 * default is a plain chat completion, as event stream where asked.
 */
export async function startModelServer(
  options: {
    readonly scripts?: Readonly<Record<string, Script>>;
    readonly fallback?: Script;
    readonly port?: number;
  } = {},
): Promise<ModelServer> {
  const { scripts = {}, fallback = defaultReply } = options;
  const requests: ModelRequest[] = [];
  const queue: Script[] = [];
  const waiting = new Set<() => void>();

  const choose = (request: ModelRequest): Reply => {
    const byHeader = scripts[String(request.headers['x-script'])];
    const byModel = scripts[String(request.json?.['model'])];
    const script = queue.shift() ?? byHeader ?? byModel ?? fallback;
    return typeof script === 'function' ? script(request) : script;
  };
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await receive(incoming, response);
    if (request === undefined) return;
    requests.push(request);
    for (const wake of waiting) wake();
    await play(choose(request), response);
  };

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    next: (script) => {
      queue.push(script);
    },
    request: async (index) => {
      for (;;) {
        const found = requests[index];
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Reads the request; undefined when the peer went away before its end. */
async function receive(
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<ModelRequest | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  const body = Buffer.concat(chunks);
  const ended = new Promise<Awaited<ModelRequest['ended']>>((resolve) => {
    response.once('close', () => {
      const how = response.writableFinished ? 'finished' : 'aborted';
      resolve({ how, bytesSent: bytesSent.get(response) ?? 0 });
    });
  });
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    body,
    json: parseObject(body),
    ended,
  };
}

const bytesSent = new WeakMap<ServerResponse, number>();

async function play(reply: Reply, response: ServerResponse): Promise<void> {
  if (!(await take(reply.before ?? [], response))) return;
  response.statusCode = reply.status ?? 200;
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (reply.trailers !== undefined) {
    response.setHeader('trailer', Object.keys(reply.trailers).join(', '));
  }
  response.flushHeaders();
  if (!(await take(reply.steps ?? [], response))) return;
  if (reply.trailers !== undefined) response.addTrailers(reply.trailers);
  response.end();
}

/** Does the steps; false when the exchange is over because of one, or because the peer left. */
async function take(steps: readonly Step[], response: ServerResponse): Promise<boolean> {
  for (const step of steps) {
    if (response.destroyed) return false;
    if (step === 'reset') {
      response.socket?.destroySoon();
      return false;
    }
    if (step === 'hang') {
      await untilClosed(response);
      return false;
    }
    if ('earlyHints' in step) response.writeEarlyHints({ link: step.earlyHints });
    else if ('waitMs' in step) await sleep(step.waitMs);
    else if ('until' in step) await Promise.race([step.until, untilClosed(response)]);
    else await write(step.write, response);
  }
  return !response.destroyed;
}

async function write(bytes: string | Uint8Array, response: ServerResponse): Promise<void> {
  bytesSent.set(response, (bytesSent.get(response) ?? 0) + Buffer.byteLength(bytes));
  if (!response.write(bytes)) {
    await Promise.race([once(response, 'drain'), untilClosed(response)]);
  }
}

async function untilClosed(response: ServerResponse): Promise<void> {
  if (!response.closed) await once(response, 'close');
}

function parseObject(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
