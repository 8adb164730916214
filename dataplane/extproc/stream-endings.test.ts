import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { answerOf, noMutation } from '../../test/kit/extproc-exchange.ts';
import type { BodyModeName, RequestMessage } from '../../test/kit/extproc-messages.ts';
import {
  big,
  eventStream,
  gist,
  gists,
  request,
  requestBody,
  response,
  responseBody,
  scripted,
  streamed,
} from '../../test/kit/extproc-scripted.ts';
import type { MaybePromise } from '../domain/http.ts';
import type { RequestVerdict } from '../pipeline/exchange.ts';

/** A promise that a test settles when it likes. */
function later<T>(): {
  readonly promise: Promise<T>;
  readonly settle: (value: T) => Promise<void>;
} {
  const { promise, resolve } = Promise.withResolvers<T>();
  return {
    promise,
    settle: async (value) => {
      resolve(value);
      await new Promise((turn) => setImmediate(turn));
    },
  };
}
const forward: RequestVerdict = { kind: 'forward', headers: noMutation, body: undefined };

describe('verdicts that take their time', () => {
  test('messages wait their turn, and reading stops', async () => {
    const verdict = later<RequestVerdict>();
    const chunk = later<Buffer | undefined>();
    const facts = later<undefined>();
    let pieces = 0;
    const { say, heard, call, book } = scripted(streamed, {
      onRequestBody: () => verdict.promise,
      onResponseBody: (): MaybePromise<Buffer | undefined> =>
        (pieces += 1) === 1 ? chunk.promise : undefined,
      onFinalize: () => facts.promise,
    });
    say(request());
    expect(say(requestBody(big))).toEqual([]);
    expect(call.isPaused).toBe(true);
    say(response());
    await verdict.settle(forward);
    expect(gists(heard.slice(1))).toEqual([
      'requestBody',
      'responseHeaders x-routed-to=none -x-internal',
    ]);
    expect(call.isPaused).toBe(false);
    say(responseBody('a'));
    say(responseBody('b'));
    say(responseBody('c', true));
    expect(heard).toHaveLength(3);
    await chunk.settle(Buffer.from('A'));
    expect(gists(heard.slice(3))).toEqual(['responseBody body A', 'responseBody']);
    await facts.settle(undefined);
    expect(gists(heard.slice(5))).toEqual(['responseBody']);
    expect(book.notes[0]).toMatchObject({ endings: ['complete'], breaches: [] });
  });

  test('a decision that comes after the end is not written', async () => {
    const verdict = later<RequestVerdict>();
    const { say, heard, stream, book } = scripted(streamed, {
      onRequestBody: () => verdict.promise,
    });
    say(request());
    say(requestBody(big));
    stream.closed();
    expect(book.notes[0]?.endings).toEqual(['cut']);
    await verdict.settle(forward);
    expect(heard).toHaveLength(1);
    expect(book.notes[0]).toMatchObject({ endings: ['cut'], breaches: [] });
  });

  test('what came of the response before the end is still read', async () => {
    const chunk = later<Buffer | undefined>();
    const { say, heard, stream, book } = scripted(streamed, {
      onResponseBody: (piece) => (piece.toString() === 'a' ? chunk.promise : undefined),
    });
    say(request());
    say(requestBody(big));
    say(response());
    say(responseBody('a'));
    say(responseBody('b'));
    const ending = stream.closed();
    expect(book.notes[0]?.endings).toEqual([]);
    await chunk.settle(undefined);
    await ending;
    expect(Buffer.concat(book.notes[0]?.chunks ?? []).toString()).toBe('ab');
    expect(book.notes[0]).toMatchObject({ endings: ['cut'], breaches: [] });
    expect(heard).toHaveLength(3);
  });

  test('facts that come after the end are not written', async () => {
    const facts = later<undefined>();
    const { say, heard, stream, book } = scripted(streamed, { onFinalize: () => facts.promise });
    say(request({}, true));
    say(response({}, true));
    const ending = stream.closed();
    expect(ending).toBeInstanceOf(Promise);
    await facts.settle(undefined);
    await ending;
    expect(heard).toHaveLength(1);
    expect(book.notes[0]?.endings).toEqual(['complete']);
  });
});

describe('streams without a proper end', () => {
  test.each<[string, readonly RequestMessage[]]>([
    ['after the headers', [request()]],
    ['after the decision', [request(), requestBody(big)]],
    ['in the response', [request(), requestBody(big), response(), responseBody('a')]],
  ])('are cut once: %s', (_, messages) => {
    const { say, stream, book } = scripted(streamed);
    for (const message of messages) say(message);
    stream.closed();
    stream.closed();
    expect(book.notes[0]).toMatchObject({ endings: ['cut'], breaches: [] });
    expect(say(responseBody('late', true))).toEqual([]);
  });

  test('nothing was opened, nothing is ended', () => {
    const { stream, book } = scripted(streamed);
    stream.closed();
    expect(book.notes).toEqual([]);
  });

  test('malformed bytes are refused with a reason', () => {
    const { say, stream, refused, book } = scripted(streamed);
    say(request());
    stream.message(Buffer.from([0x22, 0x7f]));
    expect(refused).toEqual(['ext_proc: a length reaches past the end of its message']);
    expect(book.notes[0]?.endings).toEqual(['cut']);
    expect(say(requestBody(big))).toEqual([]);
  });

  test('malformed bytes while a decision is awaited are refused all the same', async () => {
    const verdict = later<RequestVerdict>();
    const { say, stream, heard, refused, book } = scripted(streamed, {
      onRequestBody: () => verdict.promise,
    });
    say(request());
    say(requestBody(big));
    stream.message(Buffer.from([0xff]));
    await verdict.settle({ kind: 'answer', answer: answerOf(403, '') });
    expect([refused.length, heard.length]).toEqual([1, 1]);
    expect(book.notes[0]).toMatchObject({ endings: ['cut'], breaches: [] });
  });

  test('an exchange that throws becomes a 500, and its message stays out of the log', () => {
    const { say, book, logged } = scripted(streamed, {
      onRequestBody: () => {
        throw new TypeError('prompt text');
      },
    });
    say(request());
    expect(gist(say(requestBody(big))[0])).toContain('answer 500');
    expect(book.notes[0]?.endings).toEqual(['cut']);
    expect(logged.join()).toMatch(/^error an exchange failed .*TypeError/);
    expect(logged.join()).not.toContain('prompt text');
  });

  test('so does one that rejects', async () => {
    const { say, heard, book } = scripted(streamed, {
      onRequestBody: () => Promise.reject(new Error('no')),
    });
    say(request());
    say(requestBody(big));
    await new Promise((turn) => setImmediate(turn));
    expect(gist(heard[1])).toContain('answer 500');
    expect(book.notes[0]?.endings).toEqual(['cut']);
  });
});

test('reading stops while the connection takes no replies', () => {
  const { say, call, stream } = scripted(streamed);
  call.takesReplies = false;
  say(request());
  expect(call.isPaused).toBe(true);
  call.takesReplies = true;
  stream.drained();
  expect(call.isPaused).toBe(false);
});

test('whatever Envoy says in whatever order: one ending, no breach, no throw', async () => {
  const message = fc.constantFrom<RequestMessage>(
    request(),
    request({}, true),
    request({ ':path': '/pass' }),
    requestBody(big),
    requestBody('{"model":"blocked"}'),
    requestBody('', false),
    requestBody('', true),
    { requestTrailers: {} },
    response(),
    response(eventStream),
    response({}, true),
    responseBody('a'),
    responseBody('', true),
    { responseTrailers: {} },
  );
  const mode = fc.constantFrom<BodyModeName>('BUFFERED', 'STREAMED', 'FULL_DUPLEX_STREAMED');
  const modes = fc.option(fc.tuple(mode, mode), { nil: undefined });
  const slowly = <T>(value: T, isSlow: boolean): MaybePromise<T> =>
    isSlow ? Promise.resolve(value) : value;
  await fc.assert(
    fc.asyncProperty(
      modes,
      fc.array(message, { maxLength: 9 }),
      fc.array(fc.boolean(), { minLength: 1 }),
      async (given, messages, slow) => {
        let turn = 0;
        const isSlow = (): boolean => slow[turn++ % slow.length] ?? false;
        const { say, stream, book, refused } = scripted(given, {
          onRequestBody: () => (isSlow() ? Promise.resolve(forward) : undefined),
          onResponseBody: () => slowly(undefined, isSlow()),
          onFinalize: () => slowly(undefined, isSlow()),
        });
        for (const one of messages) {
          say(one);
          if (isSlow()) await new Promise((done) => setImmediate(done));
        }
        await stream.closed();
        expect(book.notes.length).toBeLessThanOrEqual(1);
        for (const note of book.notes) {
          expect(note.endings).toHaveLength(1);
          expect(note.breaches).toEqual([]);
        }
        expect(refused.length).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 2000 },
  );
});
