import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FrameReader, frameHeaderBytes } from './frame-reader.ts';

function framed(message: Uint8Array, flags = 0): Buffer {
  const header = Buffer.alloc(frameHeaderBytes);
  header[0] = flags;
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}

/** The bytes cut at the given places. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  places.sort((left, right) => left - right);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

function read(chunks: readonly Buffer[], maxBytes = 1_000) {
  const messages: Buffer[] = [];
  const reader = new FrameReader(maxBytes, (message) => messages.push(message));
  const problem = chunks.map((chunk) => reader.read(chunk)).find((each) => each !== undefined);
  return { messages, problem };
}

test('messages come out as they went in, wherever their bytes were cut', () => {
  const message = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 6 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (sent, cuts) => {
        const bytes = Buffer.concat(sent.map((each) => framed(each)));
        const { messages, problem } = read(pieces(bytes, cuts));
        expect(problem).toBeUndefined();
        expect(messages).toEqual(sent.map((each) => Buffer.from(each)));
      },
    ),
  );
});

test('a message in one piece is not copied', () => {
  const bytes = framed(Buffer.from('hello'));
  expect(read([bytes]).messages[0]?.buffer).toBe(bytes.buffer);
});

test('a message over the limit is refused by its header', () => {
  const header = framed(Buffer.alloc(0));
  header.writeUInt32BE(1_001, 1);
  expect(read([header]).problem).toEqual({
    code: 8,
    message: 'a message of 1001 bytes is larger than 1000',
  });
  expect(read([framed(Buffer.alloc(1_000))]).messages).toHaveLength(1);
});

test('compressed messages, and flags that nobody knows, are refused after what came before', () => {
  const good = framed(Buffer.from('a'));
  const compressed = read([Buffer.concat([good, framed(Buffer.from('b'), 1)])]);
  expect([compressed.messages.length, compressed.problem?.code]).toEqual([1, 12]);
  expect(read([framed(Buffer.from('b'), 2)]).problem?.code).toBe(13);
});
