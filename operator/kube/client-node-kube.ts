// The adapter: @kubernetes/client-node reads kubeconfigs, the pod's own files and credentials
// programs; requests and watches are ours. No other file may import that package.
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { Credentials, Endpoint, TlsMaterial } from './endpoint.ts';
import { HttpKube } from './http-kube.ts';
import type { Kube } from './port.ts';
import { Transport } from './transport.ts';

/** Where to find the API server. Without any field: `KUBECONFIG`, `~/.kube/config`, or the pod. */
export interface ConnectOptions {
  /** Path of a kubeconfig file. */
  readonly kubeconfig?: string;
  /** A context of it; its current one when left out. */
  readonly context?: string;
  /** What the server's audit log calls us; by default the program's name. */
  readonly userAgent?: string;
  /** Most calls at once, watches not counted; 32 by default. */
  readonly concurrency?: number;
  /** Where a pod's files are found, for tests: stands before `/var/run/secrets/...`. */
  readonly podRoot?: string;
}

// Certificate and token files are looked at this often; client-node reads them at every call.
const keepMs = 10_000;

/** A Kube that speaks with a real API server. Throws one sentence when there is no configuration. */
export function connectKube(options: ConnectOptions = {}): Kube {
  const credentials = new KubeConfigCredentials(() => loadConfig(options));
  return new HttpKube(
    new Transport({
      credentials,
      userAgent: options.userAgent ?? 'semantic-router-maas',
      concurrency: options.concurrency ?? 32,
    }),
  );
}

/** The namespace that the configuration names: the pod's own, or the context's. */
export function currentNamespace(options: ConnectOptions = {}): string | undefined {
  const config = loadConfig(options);
  return config.getContextObject(config.getCurrentContext())?.namespace;
}

function loadConfig(options: ConnectOptions): KubeConfig {
  const config = new KubeConfig();
  if (options.kubeconfig !== undefined) {
    loadFromFile(config, options.kubeconfig);
  } else if (options.podRoot !== undefined) {
    config.loadFromCluster(options.podRoot);
  } else if (isInPod() && (process.env['KUBECONFIG'] ?? '') === '') {
    config.loadFromCluster();
  } else {
    config.loadFromDefault();
    if (config.getCurrentCluster()?.server === whenNothingIsFound) {
      throw new Error('there is no kubeconfig (KUBECONFIG, ~/.kube/config), and this is no pod');
    }
  }
  if (options.context !== undefined) config.setCurrentContext(options.context);
  if (config.getCurrentCluster() === null) {
    throw new Error(
      `no cluster in the Kubernetes configuration's context "${config.getCurrentContext()}"`,
    );
  }
  return config;
}

/** What client-node makes up. */
const whenNothingIsFound = 'http://localhost:8080';

function loadFromFile(config: KubeConfig, file: string): void {
  try {
    config.loadFromFile(file);
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new Error(`the kubeconfig ${file} cannot be read: ${why}`, { cause: error });
  }
}

function isInPod(): boolean {
  return (process.env['KUBERNETES_SERVICE_HOST'] ?? '') !== '';
}

class KubeConfigCredentials implements Credentials {
  readonly #load: () => KubeConfig;
  #config: KubeConfig;
  #endpoint: Endpoint | undefined;
  #freshUntil = 0;
  #reading: Promise<Endpoint> | undefined;

  constructor(load: () => KubeConfig) {
    this.#load = load;
    this.#config = load();
  }

  async current(): Promise<Endpoint> {
    if (this.#endpoint !== undefined && performance.now() < this.#freshUntil) return this.#endpoint;
    if (this.#reading !== undefined) return this.#reading;
    const reading = this.#read(this.#config).finally(() => {
      if (this.#reading === reading) this.#reading = undefined;
    });
    this.#reading = reading;
    return reading;
  }

  renew(used: Endpoint): void {
    // Whoever else was refused with the same credentials has asked already.
    if (this.#endpoint !== used) return;
    // A new KubeConfig, for each holds on to the token that it read last.
    this.#config = this.#load();
    this.#endpoint = undefined;
    this.#reading = undefined;
  }

  async #read(config: KubeConfig): Promise<Endpoint> {
    const read = await endpointOf(config);
    // Renewed meanwhile: what was read is as old as what was refused.
    if (config !== this.#config) return this.current();
    const kept = this.#endpoint;
    const isSame = kept !== undefined && fingerprint(kept) === fingerprint(read);
    const endpoint = isSame ? kept : read;
    this.#endpoint = endpoint;
    this.#freshUntil = performance.now() + keepMs;
    return endpoint;
  }
}

async function endpointOf(config: KubeConfig): Promise<Endpoint> {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error('the Kubernetes configuration names no cluster');
  const read: RequestOptions = {};
  await config.applyToHTTPSOptions(read);
  const proxyUrl = cluster.proxyUrl;
  if (proxyUrl !== undefined && !/^https?:/.test(proxyUrl)) {
    throw new Error(`proxy-url ${proxyUrl}: only http and https proxies are supported`);
  }
  return {
    server: cluster.server,
    headers: headersOf(read),
    tls: tlsOf(read),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  };
}

function headersOf(read: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(read.headers ?? {})) {
    // A token file often ends in a newline, which no header may.
    if (typeof value === 'string') headers[name.toLowerCase()] = value.trim();
  }
  if (typeof read.auth === 'string') {
    headers['authorization'] = `Basic ${Buffer.from(read.auth).toString('base64')}`;
  }
  return headers;
}

function tlsOf(read: RequestOptions): TlsMaterial {
  const { ca, cert, key, passphrase, servername, rejectUnauthorized } = read;
  return {
    ...(isMaterial(ca) ? { ca } : {}),
    ...(isMaterial(cert) ? { cert } : {}),
    ...(isMaterial(key) ? { key } : {}),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}

function isMaterial(value: unknown): value is string | Buffer {
  return typeof value === 'string' || Buffer.isBuffer(value);
}

function fingerprint({ server, headers, tls, proxyUrl }: Endpoint): string {
  return JSON.stringify([
    server,
    headers,
    proxyUrl,
    Object.entries(tls).map(([k, v]) => [k, String(v)]),
  ]);
}
