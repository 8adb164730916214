import { describe, expect, test } from '@jest/globals';
import { linesOfText, setLines, type SetLine } from './set-lines.ts';

async function* piecesOf(...pieces: readonly (string | Uint8Array)[]) {
  for (const piece of pieces) yield await Promise.resolve(Buffer.from(piece));
}

async function read(...pieces: readonly (string | Uint8Array)[]): Promise<SetLine[]> {
  const lines: SetLine[] = [];
  for await (const line of setLines(piecesOf(...pieces))) lines.push(line);
  return lines;
}

test('lines are the same however the bytes are cut', async () => {
  const bytes = Buffer.from('{"text":"héllo 😀"}\n\n  \r\n{"text":"b"}\r\nlast');
  const expected = [
    { number: 1, json: '{"text":"héllo 😀"}' },
    { number: 4, json: '{"text":"b"}\r' },
    { number: 5, json: 'last' },
  ];
  expect(linesOfText(bytes.toString())).toEqual(expected);
  for (let at = 0; at <= bytes.length; at += 1) {
    expect(await read(bytes.subarray(0, at), bytes.subarray(at))).toEqual(expected);
  }
  expect(await read(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(expected);
});

test('a byte order mark is no part of the first line', async () => {
  expect(await read('\ufeff{}\n')).toEqual([{ number: 1, json: '{}' }]);
});

test('nothing, and lines with nothing on them, give none', async () => {
  expect(await read()).toEqual([]);
  expect(await read('\ufeff\n \r\n\t')).toEqual([]);
});

describe('refused', () => {
  test('a line that is no UTF-8, by its number', async () => {
    await expect(read('{}\n', Uint8Array.of(0xff, 0xfe), '\n')).rejects.toThrow(
      'line 2 is not UTF-8',
    );
  });

  test('a file without lines, before it fills the memory', async () => {
    let given = 0;
    async function* endless() {
      for (;;) {
        given += 1;
        yield await Promise.resolve(Buffer.alloc(1024 * 1024, 'x'));
      }
    }
    const reading = (async () => {
      for await (const line of setLines(endless())) return line;
      return undefined;
    })();
    await expect(reading).rejects.toThrow('line 1 is longer than');
    expect(given).toBeLessThan(20);
  });
});

test('lines are given out before the next bytes are asked for', async () => {
  let asked = 0;
  async function* endless() {
    for (;;) {
      asked += 1;
      yield await Promise.resolve(Buffer.from('{}\n'));
    }
  }
  let count = 0;
  for await (const { number } of setLines(endless())) {
    expect(asked).toBe(number);
    count += 1;
    if (count === 5) break;
  }
});
