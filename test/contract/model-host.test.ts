import { afterEach, describe, expect, test } from '@jest/globals';
import { Worker } from 'node:worker_threads';
import type { ModelInfo } from '../../dataplane/adapters/models/worker/load-model.ts';
import { temporaryFolder } from '../kit/models/folder.ts';
import { startSilentWorker } from '../kit/models/silent-worker.ts';
import {
  tinyEmbedder,
  tinyTagger,
  writeTinyModel,
  type TinyModel,
} from '../kit/models/tiny-models.ts';
import {
  startModelHost,
  type ModelHost,
  type ModelHostOptions,
} from '../../dataplane/adapters/models/host/model-host.ts';
import { startModelWorker } from '../../dataplane/adapters/models/host/start-model-worker.ts';

const folder = temporaryFolder();
const open: ModelHost[] = [];
const hanging: Worker[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((host) => host.close()));
  await Promise.all(hanging.splice(0).map((worker) => worker.terminate()));
});

let models = 0;

async function directoryOf(model: TinyModel = tinyEmbedder): Promise<string> {
  const directory = folder(`model-${models++}`);
  await writeTinyModel(directory, model);
  return directory;
}

function start(options: ModelHostOptions): ModelHost {
  const host = startModelHost(options);
  open.push(host);
  return host;
}

async function started(options: Partial<ModelHostOptions> = {}): Promise<ModelHost> {
  const host = start({ directory: await directoryOf(), ...options });
  expect(await host.loaded).toMatchObject({ name: 'colours' });
  return host;
}

/** One that the test ends. */
function hangingWorker(info: object = { id: 'silent@0', name: 'colours' }): Worker {
  const worker = startSilentWorker(info);
  hanging.push(worker);
  return worker;
}

const silent = { startWorker: () => hangingWorker(), endWithinMs: 0 };

test('a model answers from its own thread', async () => {
  const host = await started();
  expect(host.state()).toBe('ready');
  expect(await host.call('red green')).toMatchObject({ kind: 'embedding', tokens: 2 });
  expect(host.counts()).toMatchObject({ calls: 1, waiting: 0, restarts: 0 });
});

test('calls that come together give what each gives alone', async () => {
  const host = await started();
  const texts = ['red', 'pink pink', 'blue red green', 'green', 'red pink '.repeat(30), 'pink'];
  const alone = [];
  for (const text of texts) alone.push(await host.call(text));
  expect(await Promise.all(texts.map((text) => host.call(text)))).toEqual(alone);
});

test('a text in a script that the model does not know is unsupported', async () => {
  const host = await started();
  expect(await host.call('красный')).toEqual({ unavailable: 'unsupported' });
  expect(host.counts().unavailable).toMatchObject({ unsupported: 1, failed: 0 });
});

test('calls beyond those that may wait are overloaded at once', async () => {
  const host = await started({ maxWaiting: 2 });
  const answers = await Promise.all(['red', 'green', 'blue'].map((text) => host.call(text)));
  expect(answers.map((answer) => 'unavailable' in answer)).toEqual([false, false, true]);
  expect(answers[2]).toEqual({ unavailable: 'overloaded' });
  expect(await host.call('blue')).toMatchObject({ kind: 'embedding' });
});

test('a text that could never be read in time is not sent to the worker', async () => {
  const host = await started(silent);
  expect(await host.call('x'.repeat(1_000_001))).toEqual({ unavailable: 'unsupported' });
  expect(host.counts()).toMatchObject({ unavailable: { unsupported: 1 } });
});

test('who has all the time of the world gets an answer all the same', async () => {
  const host = await started();
  expect(await host.call('red', { deadlineMs: Infinity })).toMatchObject({ kind: 'embedding' });
});

test('who waited until the deadline gets no answer, and nobody waits any longer', async () => {
  const host = await started(silent);
  expect(await host.call('red', { deadlineMs: 5 })).toEqual({ unavailable: 'deadline' });
  expect(host.counts()).toMatchObject({ waiting: 0, unavailable: { deadline: 1 } });
});

test('late calls count as long as the worker has them in hand', async () => {
  const host = await started({ ...silent, maxWaiting: 2, deadlineMs: 5 });
  const late = await Promise.all(['red', 'green'].map((text) => host.call(text)));
  expect(late).toEqual([{ unavailable: 'deadline' }, { unavailable: 'deadline' }]);
  expect(await host.call('blue')).toEqual({ unavailable: 'overloaded' });
});

test('calls that were late are forgotten once the worker has come to them', async () => {
  const host = await started({ maxWaiting: 2 });
  const late = ['red', 'green'].map((text) => host.call(text, { deadlineMs: 0 }));
  await Promise.all(late);
  let answer = await host.call('blue');
  while ('unavailable' in answer && answer.unavailable === 'overloaded') {
    await new Promise(setImmediate);
    answer = await host.call('blue');
  }
  expect(answer).toMatchObject({ kind: 'embedding' });
});

describe('a worker that hangs', () => {
  /** The first so many never answer; later ones are real. */
  async function hangingAtFirst(count: number) {
    const directory = await directoryOf();
    const info = (await start({ directory }).loaded) as ModelInfo;
    const crashes: string[] = [];
    let starts = 0;
    const host = await started({
      directory,
      hangsAfterMs: 1000,
      restartDelaysMs: [0],
      onCrash: (reason) => crashes.push(reason),
      startWorker: (order) =>
        (starts += 1) <= count ? hangingWorker(info) : startModelWorker(order),
    });
    return { host, crashes };
  }

  test('is given up, and another takes its place', async () => {
    const { host, crashes } = await hangingAtFirst(1);
    expect(await host.call('red')).toEqual({ unavailable: 'failed' });
    while (host.state() === 'loading') await new Promise(setImmediate);
    expect(await host.call('red')).toMatchObject({ kind: 'embedding' });
    expect(host.counts()).toMatchObject({ restarts: 1, waiting: 0 });
    expect(crashes).toEqual(['it said nothing for 1 seconds']);
  });

  test('is not replaced without end: the model has failed until one comes back', async () => {
    const { host } = await hangingAtFirst(2);
    await host.call('red');
    while (host.state() === 'loading') await new Promise(setImmediate);
    await host.call('red');
    expect(host.state()).toBe('failed');
    expect(host.problem()).toContain('one worker after the other hangs');
    expect(await host.call('red')).toEqual({ unavailable: 'failed' });
    hanging[0]?.postMessage('come back');
    while (host.state() !== 'ready') await new Promise(setImmediate);
    expect(host.problem()).toBeUndefined();
    expect(await host.call('red')).toMatchObject({ kind: 'embedding' });
  });

  test('keeps nobody from closing the model', async () => {
    const { host } = await hangingAtFirst(1);
    await host.call('red');
    await host.close();
    expect(host.state()).toBe('closed');
  });
});

test('a worker that dies is started again, and who waited for it is told', async () => {
  const workers: Worker[] = [];
  const crashes: string[] = [];
  const directory = await directoryOf();
  const info = (await start({ directory }).loaded) as ModelInfo;
  const host = await started({
    directory,
    restartDelaysMs: [0],
    onCrash: (reason) => crashes.push(reason),
    startWorker: (order) => {
      // The first thread never answers, so that a call is sure to wait when it dies.
      const worker = workers.length === 0 ? hangingWorker(info) : startModelWorker(order);
      workers.push(worker);
      return worker;
    },
  });
  const waiting = host.call('red');
  await workers[0]?.terminate();
  expect(await waiting).toEqual({ unavailable: 'failed' });
  expect(host.state()).toBe('loading');
  expect(await host.call('red')).toEqual({ unavailable: 'failed' });
  while (host.state() === 'loading') await new Promise(setImmediate);
  expect(await host.call('red')).toMatchObject({ kind: 'embedding' });
  expect(host.counts()).toMatchObject({ restarts: 1, unavailable: { failed: 2 } });
  expect(crashes).toEqual(['it ended by itself']);
});

test('a worker that dies before it is ready is tried three times', async () => {
  let starts = 0;
  const host = start({
    directory: '/models/large',
    restartDelaysMs: [0],
    startWorker: () => {
      starts++;
      return new Worker('throw new Error("no memory")', { eval: true });
    },
  });
  expect(await host.loaded).toBe('/models/large: its worker dies before it is ready: no memory.');
  expect(starts).toBe(3);
  expect(host.state()).toBe('failed');
});

test('nobody waits for a worker any more whose model was closed', async () => {
  const died = Promise.withResolvers<string>();
  const host = start({
    directory: '/models/large',
    restartDelaysMs: [60_000],
    startWorker: () => new Worker('process.exit(1)', { eval: true }),
    onCrash: died.resolve,
  });
  expect(await died.promise).toBe('it ended by itself');
  await host.close();
  expect(await host.loaded).toBe('it was closed');
  expect(host.state()).toBe('closed');
});

test('files that were replaced under a running model are not taken in silence', async () => {
  const directory = await directoryOf();
  const workers: Worker[] = [];
  const host = await started({
    directory,
    restartDelaysMs: [0],
    startWorker: (order) => {
      const worker = startModelWorker(order);
      workers.push(worker);
      return worker;
    },
  });
  const words = { ...tinyEmbedder.words, pink: [1, 0, 0] };
  await writeTinyModel(directory, { ...tinyEmbedder, words });
  await workers[0]?.terminate();
  while (host.state() === 'loading') await new Promise(setImmediate);
  expect(host.state()).toBe('failed');
  expect(host.problem()).toBe(`${directory}: its files were replaced while it was in use.`);
  expect(await host.call('red')).toEqual({ unavailable: 'failed' });
});

test('a model that is closed answers who waits, and nobody later', async () => {
  const host = await started(silent);
  const waiting = host.call('red');
  await host.close();
  expect(await waiting).toEqual({ unavailable: 'failed' });
  expect(await host.call('red')).toEqual({ unavailable: 'failed' });
});

test('a model that is closed while it loads ends once it has loaded', async () => {
  const host = start({ directory: await directoryOf() });
  await host.close();
  expect(await host.loaded).toBe('it was closed');
  expect(host.state()).toBe('closed');
});

test('a model that retires answers what it was asked before', async () => {
  const host = await started();
  const waiting = Promise.all(['red', 'green', 'blue'].map((text) => host.call(text)));
  await host.retire();
  for (const answer of await waiting) expect(answer).toMatchObject({ kind: 'embedding' });
  expect(host.state()).toBe('closed');
});

test('an input that the model fails at is one failure, and the next one is answered', async () => {
  // The table has no row for the last word of the vocabulary.
  const directory = await directoryOf({ ...tinyTagger, extraPieces: ['broken'] });
  const host = start({ directory });
  await host.loaded;
  expect(await host.call('broken')).toEqual({ unavailable: 'failed' });
  expect(await host.call('alice')).toMatchObject({ kind: 'spans' });
  expect(host.counts()).toMatchObject({ restarts: 0, unavailable: { failed: 1 } });
});
