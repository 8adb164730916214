// One undici agent for everything, so that connections are kept and reused. A new one only when TLS
// material or the proxy change; the old one then ends when its last answer has.
import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import type { Endpoint } from './endpoint.ts';
import { KubeError } from './port.ts';

export interface PooledConnection {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  /** Without a slash at its end. */
  readonly basePath: string;
}

// Under the 90 s after which an API server closes idle connections, so that we close first and no
// request meets a closing one.
const keepAliveMs = 60_000;
const connectTimeoutMs = 10_000;
// Load balancers drop connections that are silent for a minute: probe before that.
const keepAliveProbeDelayMs = 30_000;

export class ConnectionPool {
  #endpoint: Endpoint | undefined;
  #key = '';
  #connection: PooledConnection | undefined;
  #retired = new Set<Dispatcher>();
  #closed = false;

  connect(endpoint: Endpoint): PooledConnection {
    if (this.#closed) throw new KubeError('bad-request', 'the client was closed');
    if (this.#connection !== undefined && this.#endpoint === endpoint) return this.#connection;
    const key = keyOf(endpoint);
    if (this.#connection === undefined || this.#key !== key) {
      const next = open(endpoint);
      if (this.#connection !== undefined) this.#retire(this.#connection.dispatcher);
      this.#connection = next;
      this.#key = key;
    }
    this.#endpoint = endpoint;
    return this.#connection;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const open = [...this.#retired, ...(this.#connection ? [this.#connection.dispatcher] : [])];
    await Promise.all(open.map((dispatcher) => dispatcher.destroy()));
  }

  #retire(dispatcher: Dispatcher): void {
    this.#retired.add(dispatcher);
    void dispatcher.close().finally(() => this.#retired.delete(dispatcher));
  }
}

function open(endpoint: Endpoint): PooledConnection {
  const url = new URL(endpoint.server);
  const tls = { ...endpoint.tls, keepAlive: true, keepAliveInitialDelay: keepAliveProbeDelayMs };
  const options = {
    // HTTP/1.1: a lost connection then takes one watch with it and not all of them.
    allowH2: false,
    keepAliveTimeout: keepAliveMs,
    // Time limits are the transport's: a watch may be silent, a call may not.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const dispatcher =
    endpoint.proxyUrl === undefined
      ? new Agent({ ...options, connect: { ...tls, timeout: connectTimeoutMs } })
      : new ProxyAgent({ ...options, uri: endpoint.proxyUrl, requestTls: tls, proxyTunnel: true });
  return { dispatcher, origin: url.origin, basePath: url.pathname.replace(/\/+$/, '') };
}

function keyOf({ server, tls, proxyUrl }: Endpoint): string {
  const material = [tls.ca, tls.cert, tls.key, tls.passphrase, tls.servername].map(String);
  return JSON.stringify([server, proxyUrl, tls.rejectUnauthorized, ...material]);
}
