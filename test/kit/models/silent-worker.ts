// The thread of a model that hangs.
import { Worker } from 'node:worker_threads';

/** Says that it is ready, and then nothing any more; it ends when it may `come back`. */
export function startSilentWorker(info: unknown): Worker {
  return new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     parentPort.postMessage({ kind: 'ready', info: workerData });
     parentPort.on('message', (message) => { if (message === 'come back') parentPort.close(); });`,
    { eval: true, workerData: info },
  );
}
