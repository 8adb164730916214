import { describe, expect, test } from '@jest/globals';
import { answerOf, noMutation } from '../../test/kit/extproc-exchange.ts';
import {
  big,
  bigRewritten,
  buffered,
  duplex,
  eventStream,
  gist,
  gists,
  request,
  requestBody,
  response,
  responseBody,
  rewritten,
  scripted,
  streamed,
  type Modes,
} from '../../test/kit/extproc-scripted.ts';

describe('a buffered request, a streamed response', () => {
  test('is routed by its body and handed on piece by piece', () => {
    const { say, book, stream } = scripted(streamed);
    expect(gists(say(request({ 'content-length': '30' })))).toEqual(['requestHeaders']);
    expect(gists(say(requestBody(bigRewritten)))).toEqual([
      `requestBody x-selected-model=big content-length=${rewritten.length} -x-secret reroute body ${rewritten}`,
    ]);
    expect(gists(say(response(eventStream)))).toEqual([
      'responseHeaders x-routed-to=big -x-internal',
    ]);
    expect(gists(say(responseBody('data: 1\n\n')))).toEqual(['responseBody']);
    expect(gists(say(responseBody('', true)))).toEqual(['responseBody facts']);
    stream.closed();
    expect(book.notes[0]).toMatchObject({ endings: ['complete'], breaches: [], sawLast: true });
    expect(Buffer.concat(book.notes[0]?.chunks ?? []).toString()).toBe('data: 1\n\n');
  });

  test('a body that stays the same is not sent again', () => {
    const { say } = scripted(streamed);
    say(request({ 'content-length': '15' }));
    expect(gists(say(requestBody(big)))).toEqual([
      'requestBody x-selected-model=big -x-secret reroute',
    ]);
  });

  test('a chunked request gets no content-length', () => {
    const { say } = scripted(streamed);
    say(request());
    expect(gists(say(requestBody(bigRewritten)))).toEqual([
      `requestBody x-selected-model=big -x-secret reroute body ${rewritten}`,
    ]);
  });

  test('a body message is the whole body, whatever its end of stream says', () => {
    const { say, book } = scripted(streamed);
    say(request());
    expect(gists(say(requestBody(big, false)))).toEqual([
      'requestBody x-selected-model=big -x-secret reroute',
    ]);
    expect(gists(say({ requestTrailers: {} }))).toEqual(['requestTrailers']);
    expect(book.notes[0]?.breaches).toEqual([]);
  });

  test('a request without a body is decided at once', () => {
    const { say, book } = scripted(streamed);
    expect(gists(say(request({}, true)))).toEqual([
      'requestHeaders x-selected-model=none -x-secret reroute',
    ]);
    expect(book.notes[0]?.requestBody).toEqual(Buffer.alloc(0));
  });

  test('without mutations the route stays', () => {
    const { say } = scripted(streamed, {
      onRequestBody: () => ({ kind: 'forward', headers: noMutation, body: undefined }),
    });
    say(request());
    expect(gists(say(requestBody(big)))).toEqual(['requestBody']);
  });

  test('response headers may be the end', () => {
    const { say, book } = scripted(streamed);
    say(request());
    say(requestBody(big));
    expect(gists(say(response({ ':status': '204' }, true)))).toEqual([
      'responseHeaders x-routed-to=big -x-internal facts',
    ]);
    expect(book.notes[0]).toMatchObject({ status: '204', endings: ['complete'], breaches: [] });
  });

  test('trailers may be the end', () => {
    const { say, book } = scripted(streamed);
    say(request());
    say(requestBody(big));
    say(response());
    say(responseBody('abc'));
    expect(gists(say({ responseTrailers: {} }))).toEqual(['responseTrailers facts']);
    expect(book.notes[0]).toMatchObject({ endings: ['complete'], sawLast: true, breaches: [] });
  });

  test('pieces may be replaced, and emptied', () => {
    const { say } = scripted(streamed, {
      onResponseBody: (chunk) =>
        chunk.toString() === 'secret' ? Buffer.alloc(0) : Buffer.from('!'),
    });
    say(request());
    say(requestBody(big));
    say(response());
    expect(gists(say(responseBody('secret')))).toEqual(['responseBody no body']);
    expect(gists(say(responseBody('b')))).toEqual(['responseBody body !']);
  });
});

describe('a buffered response', () => {
  test('is one message; a changed one gets its new length', () => {
    const { say, book } = scripted(buffered, { onResponseBody: () => Buffer.from('{"a":1}') });
    say(request());
    say(requestBody(big));
    say(response({ 'content-length': '3' }));
    expect(gists(say(responseBody('{}\n')))).toEqual([
      'responseBody content-length=7 body {"a":1} facts',
    ]);
    expect(gists(say({ responseTrailers: {} }))).toEqual(['responseTrailers']);
    expect(book.notes[0]).toMatchObject({ endings: ['complete'], sawLast: true, breaches: [] });
  });

  test('an event stream is asked for piece by piece', () => {
    const { say, book, logged } = scripted(buffered);
    say(request());
    say(requestBody(big));
    expect(gists(say(response(eventStream)))).toEqual([
      'responseHeaders x-routed-to=big -content-length -x-internal override STREAMED',
    ]);
    expect(gists(say(responseBody('data: 1\n\n')))).toEqual(['responseBody']);
    expect(gists(say(responseBody('', true)))).toEqual(['responseBody facts']);
    expect(book.notes[0]?.breaches).toEqual([]);
    expect(logged).toEqual([]);
  });

  test('an event stream that is held back all the same is told of, once', () => {
    const { say, book, logged, call } = scripted(buffered);
    say(request());
    say(requestBody(big));
    say(response(eventStream));
    call.timeMs = 2000;
    expect(gists(say(responseBody('data: 1\n\ndata: [DONE]\n\n', true)))).toEqual([
      'responseBody facts',
    ]);
    expect(book.notes[0]).toMatchObject({ endings: ['complete'], sawLast: true });
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('warn event streams reach clients only when they are whole');
  });

  test('beside full duplex no override would be heeded', () => {
    const { say, logged } = scripted(['FULL_DUPLEX_STREAMED', 'BUFFERED']);
    say(request());
    say(requestBody(big));
    expect(gists(say(response(eventStream)))).toEqual([
      'responseHeaders x-routed-to=big -x-internal',
    ]);
    expect(gists(say(responseBody('data: 1\n\n', false)))).toEqual(['responseBody facts']);
    expect(logged).toHaveLength(1);
  });
});

describe('full duplex', () => {
  test('headers wait for the decision, and the body follows them', () => {
    const { say, book } = scripted(duplex);
    expect(say(request({ 'content-length': '30' }))).toEqual([]);
    expect(say(requestBody('{"model":"big",', false))).toEqual([]);
    expect(say(requestBody('"rewrite":true}', false))).toEqual([]);
    expect(gists(say(requestBody('', true)))).toEqual([
      'requestHeaders x-selected-model=big -x-secret reroute',
      `requestBody piece ${rewritten}.`,
    ]);
    say(response());
    expect(gists(say(responseBody('ab')))).toEqual(['responseBody piece ab']);
    expect(gists(say(responseBody('', true)))).toEqual(['responseBody piece . facts']);
    expect(book.notes[0]).toMatchObject({ endings: ['complete'], breaches: [] });
  });

  test('an unchanged body is sent back, in pieces of at most 62,000 bytes', () => {
    const { say } = scripted(duplex);
    const body = `{"model":"big","pad":"${'x'.repeat(150_000)}"}`;
    say(request());
    const pieces = say(requestBody(body)).slice(1);
    const sent = pieces.map(
      ({ requestBody: part }) =>
        part?.response?.bodyMutation?.streamedResponse ?? { body: '', endOfStream: false },
    );
    expect(sent.map((part) => part.body).join('')).toBe(body);
    expect(sent.map((part) => part.body.length)).toEqual([62_000, 62_000, body.length - 124_000]);
    expect(sent.map((part) => part.endOfStream)).toEqual([false, false, true]);
  });

  test('trailers end the request and are answered last', () => {
    const { say } = scripted(duplex);
    say(request());
    expect(say(requestBody(big, false))).toEqual([]);
    expect(gists(say({ requestTrailers: {} }))).toEqual([
      'requestHeaders x-selected-model=big -x-secret reroute',
      `requestBody piece ${big}`,
      'requestTrailers',
    ]);
  });

  test('what is left at response trailers goes before them', () => {
    const { say } = scripted(duplex, {
      onResponseBody: (chunk, last) => Buffer.from(last ? 'rest' : chunk.toString().slice(0, 1)),
    });
    say(request());
    say(requestBody(big));
    say(response());
    expect(gists(say(responseBody('ab')))).toEqual(['responseBody piece a']);
    expect(gists(say({ responseTrailers: {} }))).toEqual([
      'responseBody piece rest',
      'responseTrailers facts',
    ]);
  });

  test('a body over the limit is answered as soon as it is', () => {
    const { say, book } = scripted(duplex, { maxRequestBodyBytes: 5 });
    say(request());
    expect(say(requestBody('12345', false))).toEqual([]);
    expect(gists(say(requestBody('6', false)))).toEqual(['answer 413 {"error":"too large"}']);
    expect(say(requestBody('7', true))).toEqual([]);
    expect(book.notes[0]).toMatchObject({ endings: ['answered'], breaches: [] });
  });

  test('what passes is echoed both ways', () => {
    const { say, book } = scripted(duplex);
    expect(gists(say(request({ ':path': '/pass' })))).toEqual(['requestHeaders']);
    expect(gists(say(requestBody('ab', false)))).toEqual(['requestBody piece ab']);
    expect(gists(say(requestBody('', true)))).toEqual(['requestBody piece .']);
    expect(gists(say(response()))).toEqual(['responseHeaders']);
    expect(gists(say(responseBody('cd')))).toEqual(['responseBody piece cd']);
    expect(gists(say({ responseTrailers: {} }))).toEqual(['responseTrailers']);
    expect(book.notes[0]).toMatchObject({ endings: ['complete'], breaches: [], chunks: [] });
  });
});

describe('what is none of our business', () => {
  test('asks for no more messages, and continues if they come', () => {
    const { say, book } = scripted(streamed);
    expect(gists(say(request({ ':path': '/pass' })))).toEqual(['requestHeaders override NONE']);
    expect(gists(say(requestBody('x')))).toEqual(['requestBody']);
    expect(gists(say(response()))).toEqual(['responseHeaders override NONE']);
    expect(gists(say(responseBody('y', true)))).toEqual(['responseBody']);
    expect(book.notes[0]).toMatchObject({ endings: ['complete'], breaches: [] });
  });

  test.each<[string, Modes, string[]]>([
    ['buffered', streamed, ['requestBody']],
    ['full duplex', duplex, ['requestHeaders', 'requestBody piece x.']],
  ])('may turn out so only with the body (%s)', (_, modes, replies) => {
    const { say, book } = scripted(modes, { onRequestBody: () => ({ kind: 'pass' }) });
    say(request());
    expect(gists(say(requestBody('x')))).toEqual(replies);
    expect(book.notes[0]?.endings).toEqual(['complete']);
  });

  test.each<[string, Modes, string]>([
    ['buffered', buffered, 'responseHeaders override NONE'],
    ['full duplex', duplex, 'responseHeaders'],
  ])('a local reply of an earlier filter (%s)', (_, modes, reply) => {
    const { say, book, stream } = scripted(modes);
    expect(gists(say(response({ ':status': '401' })))).toEqual([reply]);
    expect(gists(say(responseBody('denied', true)))).toEqual([
      modes === duplex ? 'responseBody piece denied.' : 'responseBody',
    ]);
    stream.closed();
    expect(book.notes).toEqual([]);
  });
});

describe('answers of the router', () => {
  test('at the headers', () => {
    const { say, book } = scripted(streamed, {
      onRequestHeaders: () => ({ kind: 'answer', answer: answerOf(401, '{}') }),
    });
    expect(gists(say(request()))).toEqual(['answer 401 {}']);
    expect(say(requestBody('late'))).toEqual([]);
    expect(book.notes[0]).toMatchObject({ endings: ['answered'], breaches: [] });
  });

  test.each<[string, Modes]>([
    ['buffered', streamed],
    ['full duplex', duplex],
  ])('at the body (%s)', (_, modes) => {
    const { say, book, stream } = scripted(modes);
    say(request());
    const [reply] = say(requestBody('{"model":"blocked"}'));
    expect(gist(reply)).toBe('answer 403 {"blocked":1}');
    expect(reply?.dynamicMetadata).not.toBeNull();
    stream.closed();
    expect(book.notes[0]).toMatchObject({ endings: ['answered'], breaches: [] });
  });

  test.each<Modes>([
    ['STREAMED', 'STREAMED'],
    ['NONE', 'BUFFERED'],
    ['BUFFERED_PARTIAL', 'BUFFERED'],
    ['BUFFERED', 'NONE'],
    ['BUFFERED', 'BUFFERED_PARTIAL'],
  ])('%s requests with %s responses are refused, but what passes may', (...modes) => {
    const { say, book } = scripted(modes);
    expect(gist(say(request())[0])).toMatch(/^answer 500 .*body_mode (STREAMED|NONE|BUFFERED_P)/);
    expect(book.notes[0]).toMatchObject({ endings: ['answered'], breaches: [] });
    const passing = scripted(modes);
    expect(gists(passing.say(request({ ':path': '/pass' })))).toEqual([
      'requestHeaders override NONE',
    ]);
  });

  test('headers that are not sent are missed', () => {
    const { say } = scripted(streamed);
    expect(gist(say(requestBody('x'))[0])).toContain('must send request headers');
    const later = scripted(streamed);
    later.say(request());
    later.say(requestBody(big));
    expect(gist(later.say(responseBody('x'))[0])).toContain('must send response headers');
  });
});

describe('an Envoy that names no modes', () => {
  test('is taken to buffer requests and to stream what it streams', () => {
    const { say } = scripted(undefined);
    say(request());
    expect(gists(say(requestBody(big)))).toEqual([
      'requestBody x-selected-model=big -x-secret reroute',
    ]);
    say(response());
    expect(gists(say(responseBody('a')))).toEqual(['responseBody']);
    expect(gists(say(responseBody('b', true)))).toEqual(['responseBody facts']);
  });

  test('is refused when it streams requests', () => {
    const { say } = scripted(undefined);
    say(request());
    expect(gist(say(requestBody('{', false))[0])).toContain('BUFFERED');
  });
});

test('an answer of Envoy in the backend’s place, before the request was decided', () => {
  const { say, book } = scripted(streamed);
  say(request());
  expect(gists(say(response({ ':status': '413' })))).toEqual([
    'responseHeaders x-routed-to=none -x-internal',
  ]);
  expect(gists(say(responseBody('too large', true)))).toEqual(['responseBody facts']);
  expect(book.notes[0]).toMatchObject({ status: '413', endings: ['complete'], breaches: [] });
});
