// Whether a TCP port can be listened on, and whether something answers on one.
import { connect, createServer, type AddressInfo } from 'node:net';

/** Rejects with a sentence for the user when `port` of `host` cannot be listened on. */
export function checkPortIsFree(options: {
  readonly host: string;
  readonly port: number;
  /** Who wants it, such as `Envoy`. */
  readonly wantedBy: string;
  /** The flag that chooses another. */
  readonly flag: string;
}): Promise<void> {
  const { host, port, wantedBy, flag } = options;
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? 'is in use by another program'
          : `cannot be used (${error.code ?? error.message})`;
      reject(
        new Error(`Port ${port}, which ${wantedBy} needs, ${why}; choose another with ${flag}.`),
      );
    });
    probe.listen(port, host, () => {
      probe.close(() => {
        resolve();
      });
    });
  });
}

/** Whether a TCP connection to `host:port` succeeds within `timeoutMs`. */
export function isReachable(host: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (reachable: boolean): void => {
      socket.destroy();
      resolve(reachable);
    };
    socket.setTimeout(timeoutMs, () => {
      settle(false);
    });
    socket.once('connect', () => {
      settle(true);
    });
    socket.once('error', () => {
      settle(false);
    });
  });
}

/** A port of `host` that nobody uses at the moment. */
export function unusedPort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, host, () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}
