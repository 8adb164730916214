// The operator's two ports: /metrics, and /healthz with /readyz. Everything is asked when a request
// comes; nothing is kept.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a path answers. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface Address {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

export interface HttpPort {
  readonly port: number;
  close(): Promise<void>;
}

const requestTimeoutMs = 10_000;

/** Serves GET and HEAD on fixed paths. Rejects with a sentence when it cannot listen. */
export async function openHttpPort(
  { host, port }: Address,
  routes: Readonly<Record<string, () => Answer | Promise<Answer>>>,
): Promise<HttpPort> {
  const server = createServer({ requestTimeout: requestTimeoutMs, maxHeaderSize: 8192 });
  server.on('request', (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    void answerOf(isRead ? route : undefined).then(({ status, contentType, body }) => {
      response.writeHead(status, { 'content-type': contentType });
      response.end(request.method === 'HEAD' ? undefined : body);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'it is in use' : error.message;
      reject(new Error(`The operator cannot listen on ${host}:${port}: ${why}.`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

async function answerOf(route: (() => Answer | Promise<Answer>) | undefined): Promise<Answer> {
  const contentType = 'text/plain; charset=utf-8';
  if (route === undefined) return { status: 404, contentType, body: 'not found\n' };
  try {
    return await route();
  } catch {
    return { status: 500, contentType, body: 'the operator failed to answer\n' };
  }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

/** `ok`, or one problem a line with status 503. */
export function verdictAnswer(verdict: {
  readonly isGood: boolean;
  readonly problems: readonly string[];
}): Answer {
  return {
    status: verdict.isGood ? 200 : 503,
    contentType: 'text/plain; charset=utf-8',
    body: verdict.isGood ? 'ok\n' : `${verdict.problems.join('\n')}\n`,
  };
}
