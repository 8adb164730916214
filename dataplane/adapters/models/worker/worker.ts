// The thread of one model: it loads it, splits texts into tokens and windows, and computes. What a
// model does for tens of milliseconds at a time happens here, where no request waits for it.
import { parentPort, workerData } from 'node:worker_threads';
import { giveWay } from './give-way.ts';
import { loadModel, type LoadedModel } from './load-model.ts';
import type { CallMessage, HostMessage, WorkerMessage, WorkerOrder } from './protocol.ts';
import { Schedule, type Turn } from './schedule.ts';
import { sentenceOf } from '../sentence-of.ts';

// Eight texts of 16 or 32 tokens take half the time together; from 64 tokens on nothing is gained,
// and whoever came first waits longer.
const together = { inputs: 8, tokens: 256 };
const alone = { inputs: 1, tokens: 0 };

const port = parentPort;
let isEnding = false;

function say(message: WorkerMessage): void {
  port?.postMessage(message);
}

/** Returns what takes a call. */
function serve(model: LoadedModel): (call: CallMessage) => void {
  const schedule = new Schedule(model.isBatchInvariant ? together : alone);
  let isRunning = false;
  const run = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    for (;;) {
      const now = Date.now();
      // The host counts what is here, whoever waits for it.
      for (const { id } of schedule.expire(now))
        say({ kind: 'unavailable', id, reason: 'deadline' });
      const turns = schedule.next();
      if (turns.length === 0 || isEnding) break;
      await compute(model, schedule, turns);
      // Calls that came in the meantime take part in the next turn.
      await new Promise(setImmediate);
    }
    isRunning = false;
  };
  return (call) => {
    void take(call, model, schedule).then(run);
  };
}

async function take(
  { id, text, expiresAt }: CallMessage,
  model: LoadedModel,
  schedule: Schedule,
): Promise<void> {
  try {
    const job = await model.prepare(text);
    if (job === undefined) say({ kind: 'unavailable', id, reason: 'unsupported' });
    else schedule.add({ id, expiresAt, job });
  } catch (error) {
    say({ kind: 'unavailable', id, reason: 'failed', detail: sentenceOf(error) });
  }
}

async function compute(
  { session }: LoadedModel,
  schedule: Schedule,
  turns: readonly Turn[],
): Promise<void> {
  try {
    const outputs = await session.run(turns.map(({ ids }) => ids));
    for (const [at, turn] of turns.entries()) {
      const output = outputs[at];
      if (output === undefined) continue;
      turn.call.job.take(turn.input, output);
      if (schedule.done(turn)) {
        const { id, job } = turn.call;
        say({ kind: 'answer', id, answer: job.finish() });
      }
    }
  } catch (error) {
    for (const call of new Set(turns.map((turn) => turn.call))) {
      schedule.drop(call);
      say({ kind: 'unavailable', id: call.id, reason: 'failed', detail: sentenceOf(error) });
    }
  }
}

let serveCall: ((call: CallMessage) => void) | undefined;
port?.on('message', (message: HostMessage) => {
  if (message === 'end') {
    isEnding = true;
    // Nothing else keeps the thread, once what runs now is done.
    port.close();
  } else serveCall?.(message);
});

const { directory, overrides } = workerData as WorkerOrder;
giveWay();
try {
  const model = await loadModel(directory, overrides);
  serveCall = serve(model);
  say({ kind: 'ready', info: model.info });
} catch (error) {
  say({ kind: 'refused', sentence: sentenceOf(error) });
  port?.close();
}
