// Starts the thread of a model.
import { Worker } from 'node:worker_threads';
import type { WorkerOrder } from '../worker/protocol.ts';

/** From the sources as from what is compiled of them. */
export function startModelWorker(order: WorkerOrder): Worker {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return new Worker(new URL(`../worker/worker${extension}`, import.meta.url), {
    workerData: order,
    name: 'model',
  });
}
