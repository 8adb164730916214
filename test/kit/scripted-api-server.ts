// A server for tests of what no real API server does on request: it closes, hangs, answers garbage
// and refuses credentials as each test says. It stores nothing and imitates no Kubernetes.
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer } from 'node:https';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { createAuthority } from './pki.ts';

export interface SeenRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers a request. `turn` counts the requests before this one. */
export type Script = (seen: SeenRequest, response: ServerResponse, turn: number) => void;

export interface ScriptedApiServer {
  readonly port: number;
  readonly url: string;
  /** A directory of this server's own; gone after `close`. */
  readonly directory: string;
  /** PEM of the authority that signed its certificate. */
  readonly certificateAuthority: string;
  readonly seen: readonly SeenRequest[];
  /** How many connections clients have opened so far. */
  connections(): number;
  /** How many of them are open now. */
  openConnections(): number;
  script(next: Script): void;
  /** Writes a kubeconfig for this server; `user` is its user's JSON. */
  kubeconfig(user?: Record<string, unknown>, cluster?: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

export async function startScriptedApiServer(script: Script): Promise<ScriptedApiServer> {
  const directory = await mkdtemp(join(tmpdir(), 'scripted-api-'));
  const authority = createAuthority('scripted');
  const { certificate, key } = authority.issue(['localhost', '127.0.0.1']);
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  let opened = 0;
  let current = script;
  const server = createServer({ cert: certificate, key }, (request, response) => {
    void readBody(request).then((body) => {
      const { method = '', url = '', headers } = request;
      const turn = seen.push({ method, url, headers, body }) - 1;
      current(seen[turn] as SeenRequest, response, turn);
    });
  });
  server.on('connection', (socket: Socket) => {
    opened += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const port = await listen(server);
  const url = `https://127.0.0.1:${port}`;
  return {
    port,
    url,
    directory,
    certificateAuthority: authority.certificate,
    seen,
    connections: () => opened,
    openConnections: () => sockets.size,
    script: (next) => {
      current = next;
    },
    kubeconfig: async (user = { token: 'static' }, cluster = {}) => {
      const path = join(directory, 'kubeconfig');
      const authorityData = Buffer.from(authority.certificate).toString('base64');
      const config = {
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'main',
        contexts: [{ name: 'main', context: { cluster: 'main', user: 'main', namespace: 'home' } }],
        clusters: [
          {
            name: 'main',
            cluster: { server: url, 'certificate-authority-data': authorityData, ...cluster },
          },
        ],
        users: [{ name: 'main', user }],
      };
      await writeFile(path, JSON.stringify(config));
      return path;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** An answer in JSON, such as an object or a Status. */
export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** How the API server says no. */
export function statusBody(
  code: number,
  reason: string,
  more: Record<string, unknown> = {},
): unknown {
  const message = `scripted ${reason}`;
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, ...more };
}

export interface ConnectProxy {
  readonly url: string;
  /** `host:port` of each tunnel asked for. */
  readonly tunnels: readonly string[];
  close(): Promise<void>;
}

/** An HTTP proxy that does nothing but open tunnels. */
export async function startConnectProxy(): Promise<ConnectProxy> {
  const tunnels: string[] = [];
  const sockets = new Set<Socket>();
  const server = createHttpServer();
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    const target = request.url ?? '';
    tunnels.push(target);
    const [host = '', port = ''] = target.split(':');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    tunnels,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  return body;
}
