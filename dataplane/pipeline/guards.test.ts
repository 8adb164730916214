import { describe, expect, test } from '@jest/globals';
import {
  alice,
  answerOf,
  chat,
  feed,
  finish,
  forwarded,
  respond,
  usage,
} from '../../test/kit/exchange-steps.ts';
import { exchangeFixture, requestHead, testConfig } from '../../test/kit/exchange.ts';
import type { Analysers } from '../ports.ts';
import type { Exchange, RequestVerdict } from './exchange.ts';

const security = { maas_integration: { enabled: true, headers: { export_security: true } } };

/** A text with `evil` in it attacks. */
const jailbreak: Analysers['jailbreak'] = {
  detect: (texts) => {
    const evil = texts.some(({ text }) => text.includes('evil'));
    return Promise.resolve({
      score: evil ? 0.9 : 0.1,
      families: evil ? ['persona'] : [],
      tier: 'lexical',
    });
  },
};
/** `Ann` is a name. */
const pii: Analysers['pii'] = {
  find: (texts) => {
    const spans = texts.map((text) =>
      [...text.matchAll(/Ann/g)].map(({ index }) => ({
        type: 'PERSON' as const,
        start: index,
        end: index + 3,
        score: 0.9,
      })),
    );
    return Promise.resolve({ spans, tier: 'structural' });
  },
};

async function ask(
  given: { readonly sections?: object; readonly plugins?: readonly object[] },
  text: string,
  options: { readonly model?: string; readonly analysers?: Analysers; readonly more?: object } = {},
): Promise<{
  readonly exchange: Exchange;
  readonly verdict: RequestVerdict;
  readonly fixture: ReturnType<typeof exchangeFixture>;
}> {
  const decisions = [
    {
      name: 'guarded',
      rules: { operator: 'AND', conditions: [] },
      modelRefs: [{ model: 'big' }],
      plugins: given.plugins ?? [],
    },
  ];
  const fixture = exchangeFixture(testConfig({ ...security, decisions, ...given.sections }), {
    analysers: options.analysers ?? { jailbreak, pii },
  });
  const exchange = fixture.open();
  exchange.requestHeaders(requestHead({ headers: alice }));
  const { model = 'auto', more } = options;
  return { exchange, fixture, verdict: await exchange.requestBody(chat(model, text, more)) };
}

describe('observing', () => {
  test('the request goes on, and what was found is shown and recorded', async () => {
    const sections = {
      prompt_guard: { enabled: true, action: 'observe' },
      pii_guard: { enabled: true },
    };
    const { exchange, fixture, verdict } = await ask({ sections }, 'evil Ann');
    expect(forwarded(verdict).set['x-selected-model']).toBe('big');
    expect(respond(exchange, 200)).toMatchObject({
      'x-vsr-pii-detected': 'PERSON',
      'x-vsr-jailbreak-detected': 'true',
      'x-vsr-request-blocked': 'false',
    });
    finish(exchange, 'complete');
    expect(fixture.records).toMatchObject([{ piiTypes: ['PERSON'], jailbreakDetected: true }]);
    expect(JSON.stringify(fixture.logged)).not.toContain('Ann');
  });

  test('without a guard nobody looks', async () => {
    const analysers: Analysers = {
      jailbreak: {
        detect: () => {
          throw new Error('asked');
        },
      },
    };
    const { verdict } = await ask({}, 'evil', { analysers });
    expect(verdict.kind).toBe('forward');
  });
});

describe('blocking', () => {
  const both = [
    { type: 'jailbreak', configuration: {} },
    { type: 'pii', configuration: {} },
  ];

  test('all reasons are told', async () => {
    const { verdict } = await ask({ plugins: both }, 'evil Ann');
    expect(answerOf(verdict as never).headers['x-vsr-block-reason']).toBe('jailbreak,pii');
  });

  test('a type that may pass passes, and is shown all the same', async () => {
    const plugins = [{ type: 'pii', configuration: { pii_types_allowed: ['PERSON'] } }];
    const { exchange, verdict } = await ask({ plugins }, 'Ann');
    expect(verdict.kind).toBe('forward');
    expect(respond(exchange, 200)['x-vsr-pii-detected']).toBe('PERSON');
  });

  test('403 where the configuration says so, with the headers of a blocked request', async () => {
    const sections = { router: { blocked_answer: 'forbidden' } };
    const { verdict } = await ask({ plugins: both, sections }, 'evil');
    const answer = answerOf(verdict);
    expect(answer).toMatchObject({
      status: 403,
      json: { error: { code: 'content_policy_violation' } },
    });
    expect(answer.headers).toMatchObject({ 'x-vsr-request-blocked': 'true' });
  });

  test('a model that the client named is guarded by the global guards', async () => {
    const sections = { prompt_guard: { enabled: true } };
    const { exchange, fixture, verdict } = await ask({ sections }, 'evil', { model: 'small' });
    expect(verdict.kind).toBe('answer');
    finish(exchange, 'answered');
    expect(fixture.records).toMatchObject([{ outcome: 'blocked', decision: 'pinned' }]);
  });

  test('a detector that cannot tell blocks where it must, and is counted', async () => {
    const analysers: Analysers = {
      jailbreak: { detect: () => Promise.resolve({ unavailable: 'deadline' }) },
    };
    const guard = (on_unknown: string) => ({ prompt_guard: { enabled: true, on_unknown } });
    const closed = await ask({ sections: guard('block') }, 'hello', { analysers });
    expect(closed.verdict.kind).toBe('answer');
    const open = await ask({ sections: guard('allow') }, 'hello', { analysers });
    expect(open.verdict.kind).toBe('forward');
    expect(open.fixture.errors).toEqual(['jailbreak:deadline']);
  });
});

test('routing elsewhere: another model answers, is shown and billed; the decision stays', async () => {
  const plugins = [{ type: 'jailbreak', configuration: { action: 'route', model: 'small' } }];
  const { exchange, fixture, verdict } = await ask({ plugins }, 'evil');
  expect(forwarded(verdict).set['x-selected-model']).toBe('small');
  expect(respond(exchange, 200)).toMatchObject({
    'x-vsr-model-selected': 'small',
    'x-vsr-decision': 'guarded',
  });
  finish(exchange, 'complete');
  expect(fixture.records).toMatchObject([{ model: 'small', jailbreakDetected: true }]);
});

describe('masking', () => {
  const masking = (restore: boolean) => ({
    plugins: [{ type: 'pii', configuration: { action: 'mask', restore } }],
  });
  const content = (verdict: RequestVerdict): unknown =>
    (forwarded(verdict).body as { messages: [{ content: unknown }] }).messages[0].content;

  test('the backend gets placeholders, and the client an answer with the value', async () => {
    const { exchange, verdict } = await ask(masking(true), 'Write to Ann');
    expect(content(verdict)).toBe('Write to <PERSON_1>');
    respond(exchange, 200);
    const reply = { choices: [{ message: { content: 'Dear <PERSON_1>' } }], usage };
    const shown = feed(exchange, Buffer.from(JSON.stringify(reply)), true);
    expect(shown?.toString()).toContain('Dear Ann');
  });

  test('in a stream too, wherever it is cut', async () => {
    const { exchange } = await ask(masking(true), 'Write to Ann', { more: { stream: true } });
    respond(exchange, 200, 'text/event-stream');
    const event = (content: string): string =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
    const shown = [event('Dear <PER'), event('SON_1>'), 'data: [DONE]\n\n'].map((chunk, index) =>
      feed(exchange, Buffer.from(chunk), index === 2),
    );
    expect(Buffer.concat(shown.map((one) => one ?? Buffer.alloc(0))).toString()).toContain('Ann');
  });

  test('placeholders stay where nobody asked for the values', async () => {
    const { exchange, verdict } = await ask(masking(false), 'Write to Ann');
    expect(content(verdict)).toBe('Write to <PERSON_1>');
    respond(exchange, 200);
    expect(feed(exchange, Buffer.from('{"a":"<PERSON_1>"}'), true)).toBeUndefined();
  });
});
