// A small HTTP server for machines and people who look after the router: fixed paths, GET and HEAD,
// nothing that a stranger could make it hold. It knows no metrics and no configuration.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers one path. It ends the response itself; what it throws becomes a 500. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface HttpServerOptions {
  /** What the port is for, in messages: "metrics", "admin". */
  readonly purpose: string;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly routes: Readonly<Record<string, Handler>>;
  readonly onError: (path: string, error: unknown) => void;
}

export interface RunningServer {
  readonly port: number;
  /** Stops listening, lets running answers end for up to `graceMs`, then cuts what is left. */
  close(graceMs?: number): Promise<void>;
}

// Nothing here needs a body or long headers; whoever sends them is no scraper.
const maxHeaderBytes = 8 * 1024;
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
  { routes, onError }: HttpServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A body is never read. Without this, one that is sent anyway would keep the connection busy.
  if (hasBody(request)) response.setHeader('connection', 'close');
  const [path = '/'] = (request.url ?? '/').split('?', 1);
  const handler = Object.hasOwn(routes, path) ? routes[path] : undefined;
  try {
    if (handler === undefined) {
      const error = `There is nothing at this path; there is: ${Object.keys(routes).join(', ')}.`;
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
