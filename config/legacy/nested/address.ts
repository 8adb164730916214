// How the nested form writes the address of a server.

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Without a slash at its end; empty when there is none. */
  readonly path: string;
}

const form =
  /^(?:(https?):\/\/)?(\[[0-9a-f:.]+\]|[^\s:/?#@[\]]+)(?::(\d{1,5}))?((?:\/[^\s?#]*)?)$/i;

/** Reads `host:port`, `[v6]:port` or an http(s) URL; undefined where it is none of them. */
export function readAddress(text: unknown, protocol: unknown): Address | undefined {
  if (typeof text !== 'string') return undefined;
  const [, scheme, host, digits, path = ''] = form.exec(text.trim()) ?? [];
  if (host === undefined) return undefined;
  const tls = (scheme ?? protocol) === 'https';
  const port = digits === undefined ? (tls ? 443 : 80) : Number(digits);
  // Without a scheme, a missing port is a mistake and no default.
  if (scheme === undefined && digits === undefined) return undefined;
  return { host: host.replace(/^\[|\]$/g, ''), port, tls, path: path.replace(/\/+$/, '') };
}
