import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maxEventBytes } from './event-reader.ts';
import { createUsageHider } from './usage-hider.ts';

function hide(stream: string, cut = Infinity): string {
  const hider = createUsageHider();
  const bytes = Buffer.from(stream);
  const output: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += cut) {
    const chunk = Buffer.from(bytes.subarray(at, Math.min(bytes.length, at + cut)));
    output.push(Buffer.from(hider.feed(chunk)));
    chunk.fill(0);
  }
  output.push(hider.end());
  return Buffer.concat(output).toString();
}

const usage = '{"prompt_tokens":10,"completion_tokens":20,"total_tokens":30}';
const hidden = `data: {"id":"c","choices":[],"usage":${usage}}\n\n`;
const word = 'data: {"id":"c","choices":[{"delta":{"content":"hi"}}],"usage":null}\n\n';
const done = 'data: [DONE]\n\n';

test('the usage chunk goes, everything else stays', () => {
  for (const cut of [1, 2, 50, Infinity]) {
    expect(hide(word + word + hidden + done, cut)).toBe(word + word + done);
  }
});

test.each([
  ['usage beside text', `data: {"choices":[{"delta":{"content":"hi"}}],"usage":${usage}}\n\n`],
  ['no usage', 'data: {"choices":[]}\n\n'],
  ['a null usage', 'data: {"choices":[],"usage":null}\n\n'],
  ['no choices', `data: {"usage":${usage}}\n\n`],
  ['a broken event', `data: {"choices":[],"usage":${usage}\n\n`],
  ['a comment', `: {"choices":[],"usage":${usage}}\n\n`],
  ['a text', `data: "{\\"choices\\":[],\\"usage\\":{}}"\n\n`],
])('%s stays', (_what, event) => {
  for (const cut of [1, Infinity]) expect(hide(word + event + done, cut)).toBe(word + event + done);
});

test.each([
  ['CRLF', hidden.replaceAll('\n', '\r\n')],
  ['CR', hidden.replaceAll('\n', '\r')],
  ['several lines', `data: {"choices":[],\ndata: "usage":${usage}}\n\n`],
  ['other fields beside it', `event: x\n: c\n${hidden}`],
  ['no blank line at the end', hidden.trimEnd()],
  ['spaces', `data:{ "choices" : [ ] , "usage" : ${usage} } \n\n`],
])('with %s it goes', (_what, event) => {
  for (const cut of [1, 3, Infinity]) expect(hide(word + event, cut)).toBe(word);
});

test('a chunk that passes whole is the chunk that came', () => {
  const hider = createUsageHider();
  const chunk = Buffer.from(word);
  expect(hider.feed(chunk)).toBe(chunk);
  expect(hider.feed(Buffer.from(hidden))).toHaveLength(0);
  expect(hider.feed(chunk)).toBe(chunk);
});

test('only an event that is not whole is held back', () => {
  const hider = createUsageHider();
  expect(hider.feed(Buffer.from(`${word}data: {"cho`)).toString()).toBe(word);
  expect(hider.feed(Buffer.from('ices"')).toString()).toBe('');
  expect(hider.feed(Buffer.from(':[1]}\n\n: ping\n\n')).toString()).toBe(
    'data: {"choices":[1]}\n\n: ping\n\n',
  );
  expect(hider.end()).toHaveLength(0);
});

test('an event that is too long to be held passes', () => {
  const long = `data: {"choices":[],"usage":{},"x":"${'x'.repeat(maxEventBytes)}"}\n\n`;
  const commented = `: ${'x'.repeat(maxEventBytes)}\n${hidden}`;
  for (const cut of [4096, 100_000, Infinity]) {
    expect(hide(word + long + hidden + done, cut) === word + long + done).toBe(true);
    expect(hide(word + commented + hidden, cut) === word + commented).toBe(true);
  }
});

test('any split of the bytes passes the same bytes on', () => {
  const piece = fc.constantFrom(
    ...[
      word,
      hidden,
      done,
      hidden.replaceAll('\n', '\r\n'),
      word.replaceAll('\n', '\r'),
      hidden.replaceAll('\n', '\r'),
    ],
    ...[
      '\n',
      '\r',
      '\r\n',
      ': ping\n\n',
      'data:',
      '\ufeff',
      'data: {"choices":[],',
      `data: "usage":${usage}}\n`,
    ],
  );
  const stream = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(stream, fc.integer({ min: 1, max: 90 }), (text, cut) => {
      const expected = hide(text);
      expect(hide(text, cut)).toBe(expected);
      expect(hide(text, 1)).toBe(expected);
    }),
    { numRuns: 1000 },
  );
});
