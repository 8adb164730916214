// Free loopback ports, so that suites can run beside each other and beside anything else.
import { createServer } from 'node:net';

// Below the range from which systems take the ports of outgoing connections (32768 up on Linux):
// there, a busy test next door would soon have one that was free a moment ago.
const lowest = 10_240;
const count = 22_528;

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * count);
    if (await isFree(port)) return port;
  }
}

/** `wanted` different free ports. */
export async function freePorts(wanted: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < wanted) found.add(await freePort());
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, '127.0.0.1', () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
