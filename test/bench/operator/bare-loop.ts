// The thread of the bare loop: sends requests that were prepared, and does nothing else. It has a
// thread of its own since the operator has a process of its own: neither shares one with whoever
// creates the resources.
import { EventEmitter, once } from 'node:events';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { Agent } from 'undici';
import { inParallel } from './in-parallel.ts';

/** Stands in bodies for the uid of the resource, which is known only when it was created. */
export const uidPlaceholder = '00000000-0000-4000-8000-00000000uid0';

export interface PreparedRequest {
  readonly method: 'PATCH' | 'POST';
  readonly path: string;
  readonly body: string;
}

export interface LoopOrders {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
  /** Resources at a time. */
  readonly width: number;
  /** For each resource, in their order. */
  readonly requests: ReadonlyMap<string, readonly PreparedRequest[]>;
}

/** A resource was created; undefined: that was the last. */
export type Creation = { readonly key: string; readonly uid: string } | undefined;

async function run(port: MessagePort, orders: LoopOrders): Promise<number> {
  const agent = new Agent({ connect: { ca: orders.ca } });
  const events: Promise<void>[] = [];
  let writes = 0;
  await inParallel(orders.width, arrivals(port), async ({ key, uid }) => {
    for (const request of orders.requests.get(key) ?? []) {
      writes += 1;
      const sent = send(agent, orders, {
        ...request,
        body: request.body.replaceAll(uidPlaceholder, uid),
      });
      // The operator waits for none of its Events either.
      if (request.method === 'POST') events.push(sent);
      else await sent;
    }
  });
  await Promise.all(events);
  await agent.close();
  return writes;
}

async function send(
  agent: Agent,
  { url, token }: LoopOrders,
  { method, path, body }: PreparedRequest,
): Promise<void> {
  const isApply = method === 'PATCH';
  const reply = await agent.request({
    ...{ origin: url, path, method, body },
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      'content-type': isApply ? 'application/apply-patch+yaml' : 'application/json',
    },
  });
  const text = await reply.body.text();
  if (reply.statusCode >= 300) throw new Error(`${method} ${path}: ${reply.statusCode} ${text}`);
}

/** What was created, read while more is. */
function arrivals(port: MessagePort): AsyncIterable<NonNullable<Creation>> {
  const waiting: NonNullable<Creation>[] = [];
  const news = new EventEmitter();
  // One listener for each that waits.
  news.setMaxListeners(0);
  let isOver = false;
  port.on('message', (creation: Creation) => {
    if (creation === undefined) isOver = true;
    else waiting.push(creation);
    news.emit('news');
  });
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        while (waiting.length === 0 && !isOver) await once(news, 'news');
        const value = waiting.shift();
        return value === undefined ? { done: true, value } : { done: false, value };
      },
    }),
  };
}

if (parentPort !== null) {
  const port = parentPort;
  const writes = await run(port, workerData as LoopOrders);
  port.postMessage(writes);
  port.close();
}
