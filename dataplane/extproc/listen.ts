// Binding the ext_proc server: credentials, stale sockets, and one clear sentence for what fails.
import { lstat, readFile, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { GrpcServer, type GrpcMethods, type TlsFiles } from './grpc/server.ts';

/** PEM text, or the file that holds it. */
type Pem = { readonly pem: string | Buffer } | { readonly file: string };

export interface ServerTls {
  readonly cert: Pem;
  readonly key: Pem;
  /** When given, clients must present a certificate signed by one of these authorities. */
  readonly clientCa?: Pem | undefined;
}

/** Rejects with a sentence that names the file which cannot be read. */
export async function readTls(tls: ServerTls | undefined): Promise<TlsFiles | undefined> {
  if (tls === undefined) return undefined;
  const { clientCa } = tls;
  return {
    cert: await readPem(tls.cert),
    key: await readPem(tls.key),
    clientCa: clientCa && (await readPem(clientCa)),
  };
}

async function readPem(source: Pem): Promise<Buffer> {
  if ('pem' in source) return Buffer.from(source.pem);
  try {
    return await readFile(source.file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`The TLS file ${source.file} cannot be read (${code ?? 'unknown error'}).`, {
      cause: error,
    });
  }
}

/** Binds; the port is 0 for a socket file. Rejects with a sentence for the user. */
export async function listen(
  address: string,
  methods: GrpcMethods,
  tls: TlsFiles | undefined,
): Promise<{ readonly server: GrpcServer; readonly port: number }> {
  const socketFile = address.startsWith('unix:') ? address.slice('unix:'.length) : undefined;
  if (socketFile !== undefined) await removeStaleSocket(socketFile);
  try {
    const server = new GrpcServer(methods, tls);
    const port = await server.listen(
      socketFile === undefined ? hostAndPort(address) : { path: socketFile },
    );
    return { server, port };
  } catch (error) {
    throw new Error(sentenceFor(address, error as NodeJS.ErrnoException), { cause: error });
  }
}

/** Of `host:port`, where an IPv6 address may stand in brackets. */
function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(address.slice(colon + 1)) };
}

function sentenceFor(address: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') {
    return `The ext_proc server cannot listen on ${address}: it is in use by another program.`;
  }
  return `The ext_proc server cannot listen on ${address}: ${code ?? message}.`;
}

/** Removes a socket file that nobody listens on any more, as a killed server leaves behind. */
async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new Error(`The ext_proc server cannot listen on unix:${path}: it is no socket.`);
  }
  if (await isAnswering(path)) {
    throw new Error(
      `The ext_proc server cannot listen on unix:${path}: it is in use by another program.`,
    );
  }
  await unlink(path);
}

function isAnswering(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
