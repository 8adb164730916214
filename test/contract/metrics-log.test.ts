// The log of a real process on a real pipe: a reader that reads gets every line, one that does not
// neither stops the process nor keeps it from ending.
import { describe, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// 2.5 MB, which the buffer can hold even if the reader were late, and 7 MB, which it cannot.
const fewLines = 30_000;
const manyLines = 80_000;

// Logs lines as fast as it can, but for turns in which others would work, then ends as the router
// does: it waits for its log, but not for ever.
const chatter = `
  const { createProcessLog } = await import(new URL('dataplane/adapters/log/create-log.ts', process.argv[1]));
  const output = createProcessLog({ now: () => 0 });
  output.log.info('first');
  for (let line = 1; line <= Number(process.argv[2]); line += 1) {
    output.writeInfo('request', { line });
    if (line % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  output.log.info('last');
  await Promise.race([output.flush(), new Promise((resolve) => setTimeout(resolve, 2_000))]);
  console.error(String(output.dropped()));
  process.exit(0);
`;

interface Ended {
  readonly exitCode: number | null;
  readonly lines: readonly { readonly message: string; readonly line?: number }[];
  /** What the process itself said: how many lines it dropped. */
  readonly dropped: number;
}

/** What the process wrote to a pipe of the system, or to a socket, as service managers give one. */
type Kind = 'pipe' | 'socket';

async function run(kind: Kind, isRead: boolean): Promise<Ended> {
  const directory = await mkdtemp(join(tmpdir(), 'srm-log-'));
  const pipe = kind === 'pipe' ? openPipe(join(directory, 'pipe')) : undefined;
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      chatter,
      new URL('../../', import.meta.url).href,
      String(isRead ? fewLines : manyLines),
    ],
    {
      stdio: ['ignore', pipe?.writer ?? 'pipe', 'pipe'],
      env: { ...process.env, LOG_FORMAT: 'json' },
    },
  );
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const chunks: Buffer[] = [];
  const read = (): void => {
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  };
  const polling = setInterval(() => {
    if (isRead && pipe !== undefined) readAll(pipe.reader, chunks);
  }, 1);
  if (isRead) read();
  try {
    const exitCode = await new Promise<number | null>((resolve) => {
      child.once('exit', (code) => {
        // What is left when nobody has read is read now; later, it would be thrown away.
        if (!isRead) read();
        child.once('close', () => {
          resolve(code);
        });
      });
    });
    if (pipe !== undefined) readAll(pipe.reader, chunks);
    const output = Buffer.concat(chunks).toString();
    const whole = output.slice(0, output.lastIndexOf('\n')).split('\n');
    return {
      exitCode,
      lines: whole.map((line) => JSON.parse(line) as Ended['lines'][number]),
      dropped: Number(errors),
    };
  } finally {
    clearInterval(polling);
    if (pipe !== undefined) [pipe.reader, pipe.writer].forEach(closeSync);
    await rm(directory, { recursive: true });
  }
}

interface Pipe {
  /** Open for both ends, so that the writer is never told that its reader is gone. */
  readonly writer: number;
  /** Opened by itself: whether reads block is a matter of the opening, and spawning changes it. */
  readonly reader: number;
}

function openPipe(path: string): Pipe {
  const program = 'mkfifo';
  expect(spawnSync(program, [path]).status).toBe(0);
  return {
    writer: openSync(path, constants.O_RDWR | constants.O_NONBLOCK),
    reader: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
  };
}

/** Reads what is in the pipe now. */
function readAll(pipe: number, chunks: Buffer[]): void {
  try {
    for (;;) {
      const chunk = Buffer.alloc(65_536);
      chunks.push(chunk.subarray(0, readSync(pipe, chunk)));
    }
  } catch {
    // EAGAIN: it is empty.
  }
}

const requestLines = ({ lines }: Ended): number[] =>
  lines.flatMap(({ line }) => (line === undefined ? [] : [line]));

describe.each<Kind>(['pipe', 'socket'])('a %s', (kind) => {
  test('that is read gets every line, in order', async () => {
    const ended = await run(kind, true);
    expect({ exitCode: ended.exitCode, dropped: ended.dropped }).toEqual({
      exitCode: 0,
      dropped: 0,
    });
    expect(requestLines(ended)).toEqual(Array.from({ length: fewLines }, (_, line) => line + 1));
    expect(ended.lines.at(0)?.message).toBe('first');
    expect(ended.lines.at(-1)?.message).toBe('last');
  });

  test('that nobody reads: lines are dropped and counted, the process ends all the same', async () => {
    const ended = await run(kind, false);
    expect(ended.exitCode).toBe(0);
    expect(ended.dropped).toBeGreaterThan(0);
    const kept = requestLines(ended);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, line) => line + 1));
  });
});
