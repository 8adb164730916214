import { describe, expect, test } from '@jest/globals';
import { createLog, type LogOptions, type LogOutput } from './create-log.ts';
import type { OutputDevice } from './output-device.ts';

interface Sink extends OutputDevice {
  text(): string;
}

function sink(): Sink {
  const chunks: Buffer[] = [];
  return {
    write: (bytes, done) => {
      chunks.push(Buffer.from(bytes));
      setImmediate(done, null, bytes.length);
    },
    writeSync: (bytes) => chunks.push(Buffer.from(bytes)) && bytes.length,
    text: () => Buffer.concat(chunks).toString(),
  };
}

interface Logged extends LogOutput {
  readonly lines: () => Promise<string[]>;
  readonly json: () => Promise<Record<string, unknown>[]>;
}

function logTo(given: Partial<LogOptions> = {}): Logged {
  const device = sink();
  const output = createLog({
    env: {},
    isTerminal: false,
    device,
    clock: { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) },
    ...given,
  });
  const lines = async (): Promise<string[]> => {
    await output.flush();
    return device.text().split('\n').slice(0, -1);
  };
  return {
    ...output,
    lines,
    json: async () => (await lines()).map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('JSON', () => {
  test('one object a line', async () => {
    const { log, json } = logTo();
    log.info('started', { port: 9190, name: 'a "b"\n\u001b[31m', missing: undefined });
    log.error('failed');
    expect(await json()).toEqual([
      {
        time: '2026-01-02T03:04:05.678Z',
        level: 'info',
        message: 'started',
        port: 9190,
        name: 'a "b"\n\u001b[31m',
      },
      { time: '2026-01-02T03:04:05.678Z', level: 'error', message: 'failed' },
    ]);
  });

  test('request lines and others keep their order', async () => {
    const { log, writeInfo, json } = logTo();
    log.info('one');
    writeInfo('two', { user: 'zoë' });
    log.warn('three');
    expect((await json()).map(({ message }) => message)).toEqual(['one', 'two', 'three']);
  });

  test('an error is told by name, message, code and stack, its other properties are not', async () => {
    const { log, json } = logTo();
    const error = Object.assign(new TypeError('no way', { cause: new Error('deeper') }), {
      code: 'E_WAY',
      request: { headers: { authorization: 'Bearer abc' } },
    });
    log.error('failed', { error });
    const [line] = await json();
    expect(line?.['error']).toMatchObject({
      name: 'TypeError',
      message: 'no way',
      code: 'E_WAY',
      cause: { message: 'deeper' },
    });
    expect(JSON.stringify(line)).not.toContain('abc');
  });
});

describe('pretty', () => {
  const lines = async (given: Partial<LogOptions>): Promise<string[]> => {
    const { log, writeInfo, lines: read } = logTo(given);
    log.warn('started', { url: 'http://127.0.0.1:8801', text: 'two words', list: [1, 'a'] });
    writeInfo('request', { user: 'a\u009b31mb', ok: true, missing: undefined });
    return read();
  };

  test('on a terminal', async () => {
    expect(await lines({ isTerminal: true })).toEqual([
      '03:04:05.678 \u001b[33mWARN \u001b[0m started url=http://127.0.0.1:8801 text="two words" list=[1,"a"]',
      '03:04:05.678 \u001b[32mINFO \u001b[0m request user="a\\u009b31mb" ok=true',
    ]);
  });

  test('where LOG_FORMAT says so, without colours where nobody sees them', async () => {
    expect((await lines({ env: { LOG_FORMAT: 'pretty' } }))[1]).toBe(
      '03:04:05.678 INFO  request user="a\\u009b31mb" ok=true',
    );
    expect((await lines({ env: { LOG_FORMAT: 'json' }, isTerminal: true }))[0]).toMatch(/^\{/);
  });
});

describe('levels', () => {
  test.each([
    [undefined, ['error', 'warn', 'info']],
    ['debug', ['error', 'warn', 'info', 'debug']],
    ['WARN', ['error', 'warn']],
    ['error', ['error']],
  ])('LOG_LEVEL=%s writes %j', async (level, expected) => {
    const { log, json } = logTo({ env: { LOG_LEVEL: level } });
    for (const each of ['error', 'warn', 'info', 'debug'] as const) {
      log[each]('message');
      expect(log.isEnabled(each)).toBe(expected.includes(each));
    }
    expect((await json()).map((line) => line['level'])).toEqual(expected);
  });

  test('nothing is looked at for a level that is off', () => {
    const { log } = logTo();
    let reads = 0;
    const fields = {
      get costly() {
        reads += 1;
        return reads;
      },
    };
    log.debug('message', fields);
    expect(reads).toBe(0);
    log.info('message', fields);
    expect(reads).toBe(1);
  });

  test('fields that cannot be read do not harm whoever logs them', async () => {
    const { log, json } = logTo();
    log.error('message', {
      get broken(): string {
        throw new Error('no');
      },
    });
    expect(await json()).toMatchObject([{ message: 'message', fields: 'could not be read' }]);
  });

  test('an unknown level is told and means info', async () => {
    const { log, json } = logTo({ env: { LOG_LEVEL: 'loud' } });
    log.debug('not shown');
    expect(await json()).toMatchObject([{ level: 'warn', given: 'loud' }]);
  });
});
