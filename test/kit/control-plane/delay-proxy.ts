// A TCP proxy that holds back what goes to its target, for tests of a slow store or network.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DelayProxy {
  /** On 127.0.0.1. */
  readonly port: number;
  /** How long bytes for the target wait from now on; 0 at first. Their order is kept. */
  setDelay(milliseconds: number): void;
  stop(): Promise<void>;
}

export async function startDelayProxy(targetPort: number): Promise<DelayProxy> {
  let delayMs = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    let last = Promise.resolve();
    client.on('data', (chunk) => {
      const due = Date.now() + delayMs;
      last = last.then(async () => {
        if (due > Date.now()) await sleep(due - Date.now());
        target.write(chunk);
      });
    });
    target.pipe(client);
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      socket.setNoDelay();
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    setDelay: (milliseconds) => {
      delayMs = milliseconds;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}
