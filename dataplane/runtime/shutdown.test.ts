import { expect, test } from '@jest/globals';
import { createDrainNotice, createTimeLeft, endStreams } from './shutdown.ts';

/** A router and its Envoy whose work ends when told; the world as the list of what is so. */
function world(): {
  readonly parts: Omit<Parameters<typeof endStreams>[0], 'envoy' | 'drainDelayMs' | 'graceMs'>;
  readonly envoy: NonNullable<Parameters<typeof endStreams>[0]['envoy']>;
  readonly history: string[];
  readonly requestsEnd: () => void;
} {
  const history: string[] = [];
  const requests = Promise.withResolvers<undefined>();
  const note = (what: string): Promise<void> => {
    history.push(what);
    return Promise.resolve();
  };
  return {
    history,
    requestsEnd: () => {
      requests.resolve(undefined);
    },
    parts: {
      left: createTimeLeft(),
      server: {
        setServing: (isServing) => void note(isServing ? 'serving' : 'not serving'),
        drain: (graceMs) => note(graceMs > 0 ? 'streams may end' : 'streams are cut'),
      },
    },
    envoy: {
      turnAway: () => note('clients are turned away'),
      stopListening: () => note('the port is closed'),
      idle: async () => {
        await requests.promise;
        await note('no request runs');
      },
    },
  };
}

test('the router takes streams until its Envoy has no request left', async () => {
  const { parts, envoy, history, requestsEnd } = world();
  const ended = endStreams({ ...parts, envoy, drainDelayMs: 0, graceMs: 60_000 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  const before = ['not serving', 'clients are turned away', 'the port is closed'];
  expect(history).toEqual(before);
  requestsEnd();
  await ended;
  expect(history).toEqual([...before, 'no request runs', 'streams may end']);
});

test('behind somebody else’s gateway only the streams are ended', async () => {
  const { parts, history } = world();
  await endStreams({ ...parts, envoy: undefined, drainDelayMs: 0, graceMs: 60_000 });
  expect(history).toEqual(['not serving', 'streams may end']);
});

test('a grace that Envoy has used up is not given to the streams again', async () => {
  const { parts, envoy, history, requestsEnd } = world();
  requestsEnd();
  await endStreams({ ...parts, envoy, drainDelayMs: 0, graceMs: 0 });
  expect(history.at(-1)).toBe('streams are cut');
});

test('a grace that is longer than the time that is left gives way', async () => {
  const { parts, envoy, history, requestsEnd } = world();
  requestsEnd();
  const left = createTimeLeft(1000);
  await endStreams({ ...parts, envoy, left, drainDelayMs: 3_600_000, graceMs: 3_600_000 });
  expect(history.at(-1)).toBe('streams are cut');
});

test('the last steps keep some of the time', () => {
  let nowMs = 0;
  const left = createTimeLeft(10_000, () => nowMs);
  expect(left()).toBe(8000);
  nowMs = 9000;
  expect(left()).toBe(0);
  expect(createTimeLeft(undefined, () => nowMs)()).toBe(Infinity);
});

test('who asks before, during or after the end learns of it', async () => {
  const notice = createDrainNotice(60_000);
  const early = notice.ended();
  notice.begin();
  const late = notice.ended();
  let over = 0;
  for (const asked of [early, late]) void asked.then(() => (over += 1));
  await new Promise(setImmediate);
  expect(over).toBe(0);
  notice.end();
  await Promise.all([early, late]);
  await notice.ended();
});

test('a router that nobody ends keeps nobody waiting', async () => {
  await createDrainNotice(1).ended();
});
