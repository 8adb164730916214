// A small HTTP server for machines and people who look after the router: fixed paths, little that a
// stranger could make it hold. It knows no metrics and no configuration.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers one path. It ends the response itself; what it throws becomes a 500. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Answers what was sent to one path. What it throws becomes a 500. */
export type PostHandler = (
  body: Buffer,
  request: IncomingMessage,
) => Promise<{ readonly status: number; readonly body: unknown }>;

export interface HttpServerOptions {
  /** What the port is for, in messages: "metrics", "admin". */
  readonly purpose: string;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly routes: Readonly<Record<string, Handler>>;
  /** Paths that take a body. */
  readonly posts?: Readonly<Record<string, PostHandler>>;
  readonly onError: (path: string, error: unknown) => void;
}

export interface RunningServer {
  readonly port: number;
  /** Stops listening, lets running answers end for up to `graceMs`, then cuts what is left. */
  close(graceMs?: number): Promise<void>;
}

// Nothing here needs long headers; whoever sends them is no scraper.
const maxHeaderBytes = 8 * 1024;
/** Largest body that is read. */
const maxBodyBytes = 4 * 1024 * 1024;
const maxConnections = 256;
const requestTimeoutMs = 10_000;
const defaultGraceMs = 2_000;

/** Rejects with one sentence when it cannot listen, such as when the port is in use. */
export async function startHttpServer(options: HttpServerOptions): Promise<RunningServer> {
  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: requestTimeoutMs,
    },
    (request, response) => {
      void answer(options, request, response);
    },
  );
  server.maxConnections = maxConnections;
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    close: (graceMs = defaultGraceMs) => close(server, graceMs),
  };
}

export function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body }: { readonly status: number; readonly body: unknown },
): void {
  const text = `${JSON.stringify(body, undefined, 2)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

async function answer(
  { routes, posts = {}, onError }: HttpServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '/'] = (request.url ?? '/').split('?', 1);
  const handler = Object.hasOwn(routes, path) ? routes[path] : undefined;
  const post = Object.hasOwn(posts, path) ? posts[path] : undefined;
  // What is not read would keep the connection busy.
  if (post === undefined && hasBody(request)) response.setHeader('connection', 'close');
  try {
    if (post !== undefined) {
      await answerPost(post, request, response);
    } else if (handler === undefined) {
      const error = `There is nothing at this path; there is: ${[...Object.keys(routes), ...Object.keys(posts)].join(', ')}.`;
      sendJson(request, response, { status: 404, body: { error } });
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      sendJson(request, response, { status: 405, body: { error: 'Use GET or HEAD.' } });
    } else {
      await handler(request, response);
    }
  } catch (error) {
    onError(path, error);
    if (response.headersSent) response.destroy();
    else sendJson(request, response, { status: 500, body: { error: 'The answer failed.' } });
  }
}

async function answerPost(
  post: PostHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') {
    response.setHeader('allow', 'POST');
    sendJson(request, response, { status: 405, body: { error: 'Use POST.' } });
    return;
  }
  const body = await readBody(request);
  if (body === undefined) {
    response.setHeader('connection', 'close');
    const error = `A body may be ${maxBodyBytes} bytes long at most.`;
    sendJson(request, response, { status: 413, body: { error } });
  } else sendJson(request, response, await post(body, request));
}

/** Undefined for a body that is too long; the rest of it is not read. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Not ended by leaving the loop: the answer has still to go out.
  const iterator = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of iterator) {
    length += chunk.length;
    if (length > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function listen(server: Server, { purpose, host, port }: HttpServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? 'is in use by another program: stop that one, or choose another port'
          : error.code === 'EACCES'
            ? 'may not be opened by this user: choose a port above 1023'
            : `cannot be opened (${error.code ?? error.message})`;
      reject(new Error(`The ${purpose} port ${host}:${port} ${reason}.`, { cause: error }));
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      server.closeAllConnections();
    }, graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
