// Binding the ext_proc server: credentials, stale sockets, and one clear sentence for what fails.
import { ServerCredentials, type Server } from '@grpc/grpc-js';
import { lstat, readFile, unlink } from 'node:fs/promises';
import { connect } from 'node:net';

/** PEM text, or the file that holds it. */
type Pem = { readonly pem: string | Buffer } | { readonly file: string };

export interface ServerTls {
  readonly cert: Pem;
  readonly key: Pem;
  /** When given, clients must present a certificate signed by one of these authorities. */
  readonly clientCa?: Pem | undefined;
}

/** Rejects with a sentence that names the file which cannot be read or used. */
export async function serverCredentials(tls: ServerTls | undefined): Promise<ServerCredentials> {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const { clientCa } = tls;
  const authorities = clientCa === undefined ? null : await readPem(clientCa);
  const pair = { cert_chain: await readPem(tls.cert), private_key: await readPem(tls.key) };
  return ServerCredentials.createSsl(authorities, [pair], authorities !== null);
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

/** Binds and returns the port; 0 for a socket file. Rejects with a sentence for the user. */
export async function listen(
  server: Server,
  address: string,
  credentials: ServerCredentials,
): Promise<number> {
  const socketFile = address.startsWith('unix:') ? address.slice('unix:'.length) : undefined;
  if (socketFile !== undefined) await removeStaleSocket(socketFile);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, credentials, (error, bound) => {
      if (error === null) resolve(bound);
      else reject(new Error(sentenceFor(address, error.message), { cause: error }));
    });
  });
  return socketFile === undefined ? port : 0;
}

function sentenceFor(address: string, message: string): string {
  if (message.includes('EADDRINUSE')) {
    return `The ext_proc server cannot listen on ${address}: it is in use by another program.`;
  }
  const code = /\bE[A-Z]{3,}\b/.exec(message)?.[0];
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
