import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Endpoint } from '../usage-record.ts';
import { maxEventBytes } from './event-reader.ts';
import { createStreamObserver, type StreamObserver } from './stream-observer.ts';

function observe(
  stream: string | Buffer,
  cut = Infinity,
  endpoint: Endpoint = 'chat.completions',
): StreamObserver {
  const observer = createStreamObserver(endpoint);
  const bytes = Buffer.from(stream);
  for (let at = 0; at < bytes.length; at += cut) {
    // A chunk belongs to the transport again once it was fed.
    const chunk = Buffer.from(bytes.subarray(at, Math.min(bytes.length, at + cut)));
    observer.feed(chunk);
    chunk.fill(0x7b);
  }
  observer.end();
  return observer;
}

function facts(observer: StreamObserver): object {
  const { usage, finishReason, contentEvents, contentBytes, errorEvent, sawDone, skippedEvents } =
    observer;
  return { usage, finishReason, contentEvents, contentBytes, errorEvent, sawDone, skippedEvents };
}

const usageText = '{"prompt_tokens":10,"completion_tokens":20,"total_tokens":30}';
const counts = {
  promptTokens: 10,
  completionTokens: 20,
  totalTokens: 30,
  cachedPromptTokens: 0,
  reasoningTokens: 0,
};

function delta(text: string, more = ''): string {
  return `{"id":"c","choices":[{"index":0,"delta":{"content":${JSON.stringify(text)}},"finish_reason":null}]${more}}`;
}
const role =
  '{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}';
const stop = '{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}';
const final = `{"id":"c","choices":[],"usage":${usageText}}`;

function events(datas: readonly string[], newline = '\n'): string {
  return datas.map((data) => `data: ${data}${newline}${newline}`).join('');
}

const whole = {
  usage: counts,
  finishReason: 'stop',
  contentEvents: 2,
  contentBytes: 10,
  errorEvent: false,
  sawDone: true,
  skippedEvents: 0,
};
const usual = [role, delta('hello'), delta(' wörl'.slice(0, 4)), stop, final, '[DONE]'];

test.each<[string, string]>([
  ['LF', events(usual)],
  ['CRLF', events(usual, '\r\n')],
  ['CR', events(usual, '\r')],
  [
    'mixed line ends',
    usual.map((data, at) => `data: ${data}${['\n', '\r', '\r\n'][at % 3] ?? ''}\r\n`).join(''),
  ],
  ['no space after the colon', events(usual).replaceAll('data: ', 'data:')],
  [
    'comments and other fields',
    `: hi\n\nevent: x\nid: 1\nretry: 5\n${events(usual).replaceAll('data: ', ':c\nid: 2\ndata: ')}:bye\n\n`,
  ],
  ['a byte order mark', `\ufeff${events(usual)}`],
  [
    'usage null on each chunk',
    events([
      role,
      delta('hello', ',"usage":null'),
      delta(' wör', ', "usage" : null'),
      stop,
      final,
      '[DONE]',
    ]),
  ],
  [
    'usage in the chunk that ends',
    events([
      role,
      delta('hello'),
      delta(' wör'),
      stop.replace(']}', `],"usage":${usageText}}`),
      '[DONE]',
    ]),
  ],
  [
    'cumulative usage on every chunk',
    events([
      role,
      delta('hello', ',"usage":{"prompt_tokens":10,"completion_tokens":1,"total_tokens":11}'),
      delta(' wör', ',"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}'),
      stop,
      final,
      '[DONE]',
    ]),
  ],
  ['usage behind [DONE]', events([role, delta('hello'), delta(' wör'), stop, '[DONE]', final])],
  ['no blank line at the end', `${events(usual.slice(0, -1))}data: [DONE]`],
  [
    'spaces within',
    events(
      usual.map((data) =>
        data.startsWith('{')
          ? JSON.stringify(JSON.parse(data), undefined, 1).replaceAll('\n', ' ')
          : data,
      ),
    ),
  ],
  [
    'data over several lines',
    events(
      usual.map((data) =>
        data.startsWith('{')
          ? JSON.stringify(JSON.parse(data), undefined, 1).replaceAll('\n', '\ndata: ')
          : data,
      ),
    ),
  ],
  [
    'broken events between',
    events([role, '{"choices":[', delta('hello'), 'x', '', delta(' wör'), stop, final, '[DONE]']),
  ],
  [
    'a later usage that is none',
    events([...usual.slice(0, -1), '{"choices":[],"usage":{"prompt_tokens":-1}}', '[DONE]']),
  ],
])('%s', (_what, stream) => {
  expect(facts(observe(stream))).toEqual(whole);
  for (const cut of [1, 2, 3, 37, 100]) expect(facts(observe(stream, cut))).toEqual(whole);
});

test('without [DONE] all is known but that it was complete', () => {
  const stream = events(usual.slice(0, -1));
  expect(facts(observe(stream))).toEqual({ ...whole, sawDone: false });
  expect(facts(observe(stream.trimEnd()))).toEqual({ ...whole, sawDone: false });
  expect(facts(observe(stream.trimEnd(), 1))).toEqual({ ...whole, sawDone: false });
});

test('text is never taken for the protocol', () => {
  const texts = [
    'data: [DONE]',
    '\n\ndata: [DONE]\n\n',
    `"usage":${usageText}`,
    '{"finish_reason":"x"}',
    '\\"',
  ];
  const stream = events([...texts.map((text) => delta(text)), stop]);
  expect(facts(observe(stream, 5))).toEqual({
    ...whole,
    usage: undefined,
    sawDone: false,
    contentEvents: texts.length,
    contentBytes: Buffer.byteLength(texts.join('')),
  });
});

test('nested and escaped fields are told apart', () => {
  const nested = `{"choices":[{"delta":{"content":"x","usage":${usageText}},"usage":${usageText}}],"x":{"usage":${usageText}}}`;
  expect(observe(events([nested])).usage).toBeUndefined();
  expect(observe(events([final.replace('usage', 'us\\u0061ge')])).usage).toEqual(counts);
});

test('several choices, tools, reasoning: every piece of content counts', () => {
  const stream = events([
    '{"choices":[{"index":0,"delta":{"content":"ab"}},{"index":1,"delta":{"content":"cd"}}]}',
    '{"choices":[{"index":0,"delta":{"reasoning_content":"ef"}}]}',
    '{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{\\"a\\""}}]}}]}',
    '{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}}]}',
    '{"choices":[{"index":0,"text":"gh","finish_reason":"length"}]}',
  ]);
  expect(observe(stream)).toMatchObject({
    contentEvents: 6,
    contentBytes: 15,
    finishReason: 'length',
  });
});

test('events that are alike are read alike', () => {
  const texts = [
    'a',
    'bc',
    '',
    'with "quotes"',
    '\n',
    'é',
    '\u{1f600}',
    'x'.repeat(5000),
    'y',
    'tab\t',
    'z',
  ];
  const stream = events([
    ...texts.map((text) => delta(text)),
    delta('a', `,"usage":${usageText}`),
    delta('b'),
    stop,
    delta('c'),
  ]);
  expect(observe(stream)).toMatchObject({
    contentEvents: texts.length - 1 + 3,
    contentBytes: Buffer.byteLength(texts.join('')) + 3,
    usage: counts,
    finishReason: 'stop',
  });
});

test('the last usage wins, also where an event looks like an earlier one', () => {
  const other = '{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}';
  const withUsage = (text: string): string => delta(text, `,"usage":${usageText}`);
  const stream = events([withUsage('a'), other, withUsage('b')]);
  expect(observe(stream)).toMatchObject({ usage: counts, contentEvents: 2, contentBytes: 2 });
});

test('events with two texts are counted by both', () => {
  const two = (a: string, b: string): string =>
    `{"choices":[{"index":0,"delta":{"content":"${a}"}},{"index":1,"delta":{"content":"${b}"}}]}`;
  const stream = events([two('a', 'b'), two('a', 'bcd'), two('', 'b')]);
  expect(observe(stream)).toMatchObject({ contentEvents: 5, contentBytes: 7 });
});

test('an event that looks like an earlier one, but is broken, counts for nothing', () => {
  const good = delta('hello');
  const stream = `data: ${good}\n\ndata: ${good.replace('hello', 'he"lo')}\n\ndata: ${good.replace('hello', 'he\tlo')}\n\ndata: ${good.replace('hello', 'he\\qlo')}\n\n`;
  expect(observe(stream)).toMatchObject({ contentEvents: 1, contentBytes: 5 });
});

test('an error within the stream is seen', () => {
  expect(observe(events([role, '{"error":{"message":"x"}}'])).errorEvent).toBe(true);
  expect(observe(events([role, '{"choices":[],"error":null}'])).errorEvent).toBe(false);
});

test('a stream of the responses endpoint', () => {
  const response = (status: string, usage: string): string =>
    `{"type":"response.${status}","response":{"status":"${status}","output":[{"content":[{"text":"hello wör"}]}],"usage":${usage}}}`;
  const stream = [
    ['response.created', response('in_progress', 'null')],
    ['response.output_text.delta', '{"type":"response.output_text.delta","delta":"hello"}'],
    ['response.output_text.delta', '{"type":"response.output_text.delta","delta":" wör"}'],
    [
      'response.completed',
      response('completed', '{"input_tokens":10,"output_tokens":20,"total_tokens":30}'),
    ],
  ]
    .map(([event, data]) => `event: ${event ?? ''}\ndata: ${data ?? ''}\n\n`)
    .join('');
  for (const cut of [1, 64, Infinity]) {
    expect(facts(observe(stream, cut, 'responses'))).toEqual({
      ...whole,
      finishReason: 'completed',
    });
  }
  expect(observe('data: {"type":"error","code":"x"}\n\n', Infinity, 'responses').errorEvent).toBe(
    true,
  );
});

const anthropic = [
  '{"type":"message_start","message":{"content":[],"stop_reason":null,"usage":{"input_tokens":4,"cache_read_input_tokens":6,"output_tokens":1}}}',
  '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
  '{"type":"ping"}',
  '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hello"}}',
  '{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":" wör"}}',
  '{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":20}}',
  '{"type":"message_stop"}',
];

test('a stream of the messages endpoint: input at the start, output at the end', () => {
  const stream = anthropic.map((data) => `event: x\ndata: ${data}\n\n`).join('');
  for (const cut of [1, 64, Infinity]) {
    expect(facts(observe(stream, cut, 'messages'))).toEqual({
      ...whole,
      usage: { ...counts, cachedPromptTokens: 6 },
      finishReason: 'end_turn',
    });
  }
  expect(observe(events(['{"type":"error","error":{"type":"x"}}']), 1, 'messages').errorEvent).toBe(
    true,
  );
});

test('the beginning of a message is no usage yet: its output is still to come', () => {
  const observer = observe(events(anthropic.slice(0, 4)), Infinity, 'messages');
  expect(observer).toMatchObject({ usage: undefined, contentEvents: 1, contentBytes: 5 });
});

test('an event that is too long is skipped, and those after it are read', () => {
  const long = delta('x'.repeat(maxEventBytes));
  const lines = `data: ${'y'.repeat(maxEventBytes / 2)}\n`.repeat(3);
  const stream = `data: ${long}\n\n${lines}\n: ${long}\n\n${events(usual)}`;
  for (const cut of [1000, 65_536, Infinity]) {
    expect(facts(observe(stream, cut))).toEqual({ ...whole, skippedEvents: 2 });
  }
});

test('a line that is too long is known for data by its start, wherever it is cut', () => {
  const observer = createStreamObserver('chat.completions');
  observer.feed(Buffer.from('da'));
  observer.feed(Buffer.from(`ta: ${'x'.repeat(maxEventBytes)}`));
  observer.feed(Buffer.from(`\n\n: ${'x'.repeat(maxEventBytes)}`));
  observer.feed(Buffer.from(`\n\n${events(usual)}`));
  observer.end();
  expect(facts(observer)).toEqual({ ...whole, skippedEvents: 1 });
});

test('a stream that never ends a line does not fill the memory', () => {
  const observer = createStreamObserver('chat.completions');
  const chunk = Buffer.alloc(1 << 20, 'data:');
  const before = process.memoryUsage().arrayBuffers;
  for (let count = 0; count < 200; count += 1) observer.feed(chunk);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * 2 ** 20);
  observer.feed(Buffer.from(`\n\n${events(usual)}`));
  expect(facts(observer)).toEqual({ ...whole, skippedEvents: 1 });
});

test('bytes that are no event stream report nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(observe(Buffer.from(bytes)).usage).toBeUndefined();
    }),
  );
  expect(facts(observe(`{"choices":[],"usage":${usageText}}`))).toMatchObject({ usage: undefined });
});

test('any split of the bytes gives the same facts', () => {
  const data = fc.constantFrom(
    ...usual,
    delta('[DONE]'),
    delta('"\\\n'),
    delta('a', `,"usage":${usageText}`),
    '',
    'x',
    '{',
  );
  const line = fc.oneof(
    data.map((text) => `data: ${text}`),
    data.map((text) => `data:${text}`),
    fc.constantFrom(':', ': keep-alive', 'event: x', 'data', 'datax: 1', '', '\ufeff', 'id'),
  );
  const stream = fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n', '\n\n', '\r\n\r\n', '\r\r')), {
      maxLength: 12,
    })
    .map((lines) => lines.flat().join(''));
  fc.assert(
    fc.property(stream, fc.array(fc.nat(200), { maxLength: 10 }), (text, cuts) => {
      const bytes = Buffer.from(text);
      const observer = createStreamObserver('chat.completions');
      let from = 0;
      for (const cut of [...new Set(cuts)].sort((a, b) => a - b)) {
        const to = Math.min(cut, bytes.length);
        observer.feed(bytes.subarray(from, to));
        from = to;
      }
      observer.feed(bytes.subarray(from));
      observer.end();
      const expected = facts(observe(bytes));
      expect(facts(observer)).toEqual(expected);
      expect(facts(observe(bytes, 1))).toEqual(expected);
    }),
    { numRuns: 1000 },
  );
});
