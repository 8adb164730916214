// Starts the thread of a model.
import { Worker } from 'node:worker_threads';
import type { WorkerOrder } from '../worker/protocol.ts';

/** From the sources as from what is compiled of them. */
export function startModelWorker(order: WorkerOrder): Worker {
  // Otherwise onnxruntime reports to its maker how it is used, and keeps an id of the machine in the
  // user's cache. It asks the process when it is loaded, and a thread has only a copy of the variables.
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return new Worker(new URL(`../worker/worker${extension}`, import.meta.url), {
    workerData: order,
    name: 'model',
  });
}
