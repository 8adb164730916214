import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PiiType } from '../../../config/pii-types.ts';
import { maskText } from './mask-request.ts';
import { Placeholders } from './placeholders.ts';
import { createJsonRestorer, createStreamRestorer, type AnswerRestorer } from './restore-answer.ts';

const span = (type: PiiType, start: number, end: number, score = 1) => ({
  type,
  start,
  end,
  score,
});

describe('masking', () => {
  test('a value has one placeholder in all texts, and each type numbers its own', () => {
    const texts = ['Ann met Bob', 'Bob is at a@b.c, says Ann'];
    const placeholders = new Placeholders(texts);
    const spans = [
      [span('PERSON', 0, 3), span('PERSON', 8, 11)],
      [span('PERSON', 0, 3), span('EMAIL_ADDRESS', 10, 15), span('PERSON', 22, 25)],
    ];
    expect(texts.map((text, index) => maskText(text, spans[index] ?? [], placeholders))).toEqual([
      '<PERSON_1> met <PERSON_2>',
      '<PERSON_2> is at <EMAIL_ADDRESS_1>, says <PERSON_1>',
    ]);
  });

  test('what overlaps goes as a whole, under the type of the surest', () => {
    const text = 'ann.lee@example.org';
    const spans = [span('PERSON', 0, 7, 0.8), span('EMAIL_ADDRESS', 4, 19)];
    const placeholders = new Placeholders([text]);
    expect(maskText(text, spans, placeholders)).toBe('<EMAIL_ADDRESS_1>');
    expect(placeholders.restore('<EMAIL_ADDRESS_1>')).toBe(text);
  });

  test('what looks like a placeholder in the prompt is neither ours nor turned back', () => {
    const text = '<PERSON_1> is Ann';
    const placeholders = new Placeholders([text]);
    const masked = maskText(text, [span('PERSON', 14, 17)], placeholders);
    expect(masked).toBe('<PERSON_1> is <PERSON_2>');
    expect(placeholders.restore(masked)).toBe(text);
  });

  test('property: what is masked comes back', () => {
    const words = fc.array(fc.stringMatching(/^[<>A-Z_a-z0-9$ ]{1,8}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.infiniteStream(fc.boolean()), (parts, hidden) => {
        const text = parts.join('');
        const placeholders = new Placeholders([text]);
        let at = 0;
        const spans = parts.flatMap((part) => {
          const start = at;
          at += part.length;
          return hidden.next().value === true ? [span('PERSON', start, at)] : [];
        });
        expect(placeholders.restore(maskText(text, spans, placeholders))).toBe(text);
      }),
    );
  });
});

/** Placeholders of which PERSON_1 is `Ann "A" $&` and US_SSN_1 is a number. */
function known(): Placeholders {
  const placeholders = new Placeholders([]);
  placeholders.of('PERSON', 'Ann "A" $&');
  placeholders.of('US_SSN', '219-09-9999');
  return placeholders;
}

function run(restorer: AnswerRestorer, chunks: readonly string[] | readonly Buffer[]): string {
  const out = chunks.map((chunk) => restorer.feed(Buffer.from(chunk as string)));
  return Buffer.concat([...out, restorer.end()]).toString();
}

describe('JSON answers', () => {
  test('every string is restored, and nothing else changes', () => {
    const body =
      '{"id": "x", "n": 1.0, "choices": [{"message": {"content": "Dear <PERSON_1>,\\n<PERSON_9>",' +
      ' "tool_calls": [{"function": {"arguments": "{\\"to\\":\\"<PERSON_1>\\"}"}}]}}]}';
    const restored = run(createJsonRestorer(known()), [body.slice(0, 30), body.slice(30)]);
    expect(restored).toContain('"n": 1.0');
    const [choice] = (JSON.parse(restored) as { choices: [{ message: Message }] }).choices;
    expect(choice.message.content).toBe('Dear Ann "A" $&,\n<PERSON_9>');
    const call = choice.message.tool_calls[0]?.function.arguments ?? '';
    expect(JSON.parse(call)).toEqual({ to: 'Ann "A" $&' });
  });

  test('what is no JSON passes as it came', () => {
    expect(run(createJsonRestorer(known()), ['<PERSON_1', '> {'])).toBe('<PERSON_1> {');
  });
});

interface Message {
  readonly content: string;
  readonly tool_calls: readonly { readonly function: { readonly arguments: string } }[];
}

describe('event streams', () => {
  const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
  const piece = (content: string, index = 0): string =>
    event({ id: 'c', choices: [{ index, delta: { content }, finish_reason: null }] });
  const finish = (index = 0): string =>
    event({ id: 'c', choices: [{ index, delta: {}, finish_reason: 'stop' }] });
  const done = 'data: [DONE]\n\n';

  /** The text of each choice, put together. */
  function texts(stream: string): Record<string, string> {
    const all: Record<string, string> = {};
    for (const line of stream.split('\n')) {
      if (!line.startsWith('data: {')) continue;
      const { choices = [] } = JSON.parse(line.slice(6)) as Chunk;
      for (const { index, delta } of choices) {
        all[index] = (all[index] ?? '') + (delta.content ?? '');
      }
    }
    return all;
  }

  test('a placeholder in pieces comes back whole', () => {
    const pieces = ['Dear ', '<', 'PER', 'SON_', '1', '>', ', hi <b> ', '<US_SSN_1>'];
    const stream = [...pieces.map((one) => piece(one)), finish(), done];
    const restored = run(createStreamRestorer(known()), stream);
    expect(texts(restored)).toEqual({ 0: 'Dear Ann "A" $&, hi <b> 219-09-9999' });
    expect(restored.endsWith(finish() + done)).toBe(true);
  });

  test('choices do not mix', () => {
    const stream = [piece('<PERSON', 0), piece('<US_', 1), piece('_1>', 0), piece('SSN_1>', 1)];
    expect(texts(run(createStreamRestorer(known()), stream))).toEqual({
      0: 'Ann "A" $&',
      1: '219-09-9999',
    });
  });

  test('a text that ends like the beginning of a placeholder loses nothing', () => {
    const stream = [piece('a <PERS'), finish(), done];
    const restored = run(createStreamRestorer(known()), stream);
    expect(texts(restored)).toEqual({ 0: 'a <PERS' });
    expect(restored.endsWith(finish() + done)).toBe(true);
    expect(texts(run(createStreamRestorer(known()), [piece('a <PERS')]))).toEqual({ 0: 'a <PERS' });
  });

  test('events without placeholders pass byte for byte', () => {
    const stream = `: ping\r\n\r\nevent: x\r\ndata: {"a":1.0}\r\n\r\n${piece('no')}${done}`;
    expect(run(createStreamRestorer(known()), [stream])).toBe(stream);
  });

  test('deltas of the messages and the responses endpoint', () => {
    const message = (text: string): string =>
      `event: content_block_delta\n${event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })}`;
    const stop = event({ type: 'content_block_stop', index: 0 });
    const messages = run(createStreamRestorer(known()), [
      message('<US_'),
      event({ type: 'ping' }),
      message('SSN_1>'),
      stop,
    ]);
    expect(messages).toContain('"text":"219-09-9999"');
    const delta = (text: string): string =>
      event({ type: 'response.output_text.delta', output_index: 0, delta: text });
    const end = event({ type: 'response.output_text.done', text: '<US_SSN_1>' });
    const responses = run(createStreamRestorer(known()), [delta('<US_SSN'), delta('_1>'), end]);
    expect(responses).toContain('"delta":"219-09-9999"');
    expect(responses).toContain('"text":"219-09-9999"');
  });

  test('property: wherever the bytes are cut, the answer is the same', () => {
    const stream = Buffer.from(
      [piece('Grüße <PER'), piece('SON_1>'), piece('<US_SSN_1> <'), finish(), done].join(''),
    );
    const whole = run(createStreamRestorer(known()), [stream]);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length)), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        const chunks = places.slice(1).map((end, at) => stream.subarray(places[at], end));
        expect(run(createStreamRestorer(known()), chunks)).toBe(whole);
      }),
    );
  });
});

interface Chunk {
  readonly choices?: readonly {
    readonly index: number;
    readonly delta: { readonly content?: string };
  }[];
}
