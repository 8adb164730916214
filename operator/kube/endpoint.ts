// What it takes to speak with an API server, whatever it was read from.

/** TLS material, as node:tls takes it. */
export interface TlsMaterial {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly passphrase?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Where the server is and who we are to it. A change makes a new object. */
export interface Endpoint {
  /** The server's URL; its path, if any, leads every request's path. */
  readonly server: string;
  /** Authorization, impersonation. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
  /** An HTTP proxy to tunnel through. */
  readonly proxyUrl?: string;
}

/** Where endpoints come from: a kubeconfig, the pod's own files, a credentials program. */
export interface Credentials {
  /** The endpoint to use now; the same object as long as nothing changed. */
  current(): Promise<Endpoint>;
  /** The server refused `used`: whatever was kept is read anew by the next `current`. */
  renew(used: Endpoint): void;
}
