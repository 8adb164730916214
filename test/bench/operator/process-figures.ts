// What a process used, as the kernel counts it, and what it holds after a forced collection.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** User and system time so far, of all threads, in seconds. */
export async function cpuSeconds(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name of the program, in parentheses, may hold spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticksPerSecond = 100;
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory in bytes. */
export async function rssBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

export interface Memory {
  /** Before the collection. */
  readonly rssBytes: number;
  readonly settledRssBytes: number;
  /** JavaScript objects that are in use. */
  readonly heapBytes: number;
}

/** Reads the memory of a Node.js process that was started with `--inspect=127.0.0.1:PORT`. */
export async function readMemory(pid: number, inspectPort: number): Promise<Memory> {
  const before = await rssBytes(pid);
  const list = await fetch(`http://127.0.0.1:${inspectPort}/json/list`);
  const [target] = (await list.json()) as { readonly webSocketDebuggerUrl: string }[];
  if (target === undefined) throw new Error('the process cannot be inspected');
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  try {
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    // What the first collection frees may hold on to more.
    for (let round = 0; round < 3; round++) {
      await call(socket, 'HeapProfiler.collectGarbage', {});
      await sleep(200);
    }
    const expression = 'process.memoryUsage().heapUsed';
    const { result } = await call(socket, 'Runtime.evaluate', { expression });
    const heapBytes = Number((result as { readonly value?: unknown }).value);
    return { rssBytes: before, settledRssBytes: await rssBytes(pid), heapBytes };
  } finally {
    socket.close();
  }
}

let lastId = 0;

function call(
  socket: WebSocket,
  method: string,
  params: object,
): Promise<Readonly<Record<string, unknown>>> {
  lastId += 1;
  const id = lastId;
  return new Promise((resolve) => {
    const listen = (event: MessageEvent): void => {
      const answer = JSON.parse(String(event.data)) as {
        readonly id?: number;
        readonly result?: Readonly<Record<string, unknown>>;
      };
      if (answer.id !== id) return;
      socket.removeEventListener('message', listen);
      resolve(answer.result ?? {});
    };
    socket.addEventListener('message', listen);
    socket.send(JSON.stringify({ id, method, params }));
  });
}
