import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BufferedOutput } from './buffered-output.ts';
import type { OutputDevice } from './output-device.ts';

type Done = Parameters<OutputDevice['write']>[1];

/** A reader that reads when it is told to: `accept` says how many bytes, or why not. */
function slowReader(): OutputDevice & {
  accept(result: number | string): boolean;
  text(): string;
} {
  const read: Buffer[] = [];
  let waiting: { readonly bytes: Buffer; readonly done: Done } | undefined;
  const take = (bytes: Buffer): number => {
    read.push(Buffer.from(bytes));
    return bytes.length;
  };
  return {
    write: (bytes, done) => {
      if (waiting !== undefined) throw new Error('two writes at once');
      waiting = { bytes, done };
    },
    writeSync: (bytes) => take(bytes.subarray(0, 5)),
    accept: (result) => {
      if (waiting === undefined) return false;
      const { bytes, done } = waiting;
      waiting = undefined;
      if (typeof result === 'string') done(Object.assign(new Error(result), { code: result }), 0);
      else done(null, take(bytes.subarray(0, result)));
      return true;
    },
    text: () => Buffer.concat(read).toString(),
  };
}

const droppedLine = (count: number): string => `dropped ${count}`;

async function acceptAll(
  reader: ReturnType<typeof slowReader>,
  done: Promise<void>,
): Promise<void> {
  let isDone = false;
  void done.then(() => {
    isDone = true;
  });
  // The property stands still here; it only waits for the output's own steps.
  const stillWaits = (): boolean => !isDone;
  while (stillWaits()) {
    reader.accept(7);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('lines arrive whole and in order, however few bytes are taken at a time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ maxLength: 30 })), async (given) => {
      const lines = given.map((line) => line.replace(/\n/g, ' '));
      const reader = slowReader();
      const output = new BufferedOutput({ device: reader, droppedLine });
      for (const line of lines) output.write(line);
      await acceptAll(reader, output.flush());
      expect(reader.text()).toBe(lines.map((line) => `${line}\n`).join(''));
      expect(output.dropped).toBe(0);
    }),
    { numRuns: 30 },
  );
});

describe('a reader that does not read', () => {
  test('costs a bounded buffer; what is dropped is counted and told', async () => {
    const reader = slowReader();
    const output = new BufferedOutput({ device: reader, droppedLine, maxWaiting: 100 });
    output.write('first');
    const flushed = output.flush();
    for (let line = 0; line < 50; line += 1) output.write(`line-${line} `.padEnd(19, '.'));
    expect(output.dropped).toBe(45);
    await acceptAll(reader, flushed);
    const lines = reader.text().trimEnd().split('\n');
    expect(lines[0]).toBe('first');
    expect(lines.slice(1, 6).map((line) => line.slice(0, 6))).toEqual(
      [0, 1, 2, 3, 4].map((line) => `line-${line}`),
    );
    expect(lines[6]).toBe('dropped 45');
    expect(lines.length).toBe(7);
  });

  test('a full non-blocking descriptor is tried again', async () => {
    const reader = slowReader();
    const output = new BufferedOutput({ device: reader, droppedLine });
    output.write('hello');
    const flushed = output.flush();
    reader.accept('EAGAIN');
    await acceptAll(reader, flushed);
    expect(reader.text()).toBe('hello\n');
    expect(output.dropped).toBe(0);
  });

  test('one that is gone loses lines, which are counted, and nothing else', async () => {
    const reader = slowReader();
    const output = new BufferedOutput({ device: reader, droppedLine });
    output.write('a');
    output.write('b');
    const flushed = output.flush();
    reader.accept('EPIPE');
    await flushed;
    expect(output.dropped).toBe(2);
    output.write('c');
    await acceptAll(reader, output.flush());
    expect(reader.text()).toBe('c\n');
  });
});

test('a process that ends at once writes what waits', () => {
  const reader = slowReader();
  const output = new BufferedOutput({ device: reader, droppedLine });
  output.write('last words');
  output.flushSync();
  expect(reader.text()).toBe('last words\n');
});
