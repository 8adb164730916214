import { describe, expect, test } from '@jest/globals';
import type { PiiType } from '../../config/pii-types.ts';
import {
  alice,
  answerOf,
  chat,
  finish,
  forwarded,
  respond,
  send,
} from '../../test/kit/exchange-steps.ts';
import {
  exchangeFixture,
  requestHead,
  testConfig,
  type HeadOptions,
} from '../../test/kit/exchange.ts';
import { factsWithoutModels, type PromptFacts } from '../domain/prompt-facts.ts';
import type { Unavailable } from '../domain/unavailable.ts';
import type { Exchange, RequestVerdict } from './exchange.ts';

interface Told {
  readonly category?: string;
  readonly pii?: readonly { readonly type: PiiType; readonly score: number }[] | Unavailable;
}

/** Models that say the same of every prompt, and what they were asked. */
function toldFacts({ category, pii = [] }: Told) {
  const asked: string[] = [];
  const promptFacts = (request: { latestUserText(): string }): PromptFacts => ({
    ...factsWithoutModels(request),
    category: async () => {
      asked.push('category');
      return Promise.resolve(
        category === undefined ? { unavailable: 'absent' } : { category, confidence: 0.9 },
      );
    },
    pii: async () => {
      asked.push('pii');
      if ('unavailable' in pii) return Promise.resolve(pii);
      const spans = pii.map((one, at) => ({ ...one, start: at, end: at + 1 }));
      return Promise.resolve({ spans: [spans], tier: 'model' });
    },
  });
  return { asked, promptFacts };
}

const decision = (name: string, priority: number, rules: object, more: object = {}): object => ({
  name,
  priority,
  rules,
  modelRefs: [{ model: 'big' }],
  ...more,
});
const all = (...conditions: object[]): object => ({ operator: 'AND', conditions });
const any = (...conditions: object[]): object => ({ operator: 'OR', conditions });
const math = { type: 'domain', name: 'math' };
const keyword = { type: 'keyword', name: 'math' };
const personal = { type: 'pii', name: 'any' };

const configOf = (decisions: readonly object[], more: object = {}) =>
  testConfig({
    categories: [{ name: 'math' }],
    pii_rules: [{ name: 'any' }],
    decisions,
    ...more,
  });

async function ask(
  decisions: readonly object[],
  text: string,
  { more, ...told }: Told & { readonly more?: object },
): Promise<{
  readonly verdict: RequestVerdict;
  readonly exchange: Exchange;
  readonly asked: readonly string[];
  readonly fixture: ReturnType<typeof exchangeFixture>;
}> {
  const { asked, promptFacts } = toldFacts(told);
  const fixture = exchangeFixture(configOf(decisions, more), { promptFacts });
  const exchange = fixture.open();
  exchange.requestHeaders(requestHead());
  const verdict = await exchange.requestBody(chat('auto', text));
  return { verdict, exchange, asked, fixture };
}

test('the category that led to the decision is told', async () => {
  const { verdict, exchange, fixture } = await ask([decision('d', 0, any(keyword, math))], 'hi', {
    category: 'math',
  });
  expect(forwarded(verdict).set).toMatchObject({ 'x-selected-model': 'big' });
  expect(respond(exchange, 200)).toMatchObject({ 'x-vsr-selected-category': 'math' });
  finish(exchange, 'complete');
  expect(fixture.records).toMatchObject([{ decision: 'd', category: 'math' }]);
});

describe('models are asked only for what can still change the decision', () => {
  test('not when a keyword decides', async () => {
    const { asked, exchange } = await ask([decision('d', 0, any(math, keyword))], 'prove it', {
      category: 'math',
    });
    expect(asked).toEqual([]);
    expect(respond(exchange, 200)).not.toHaveProperty('x-vsr-selected-category');
  });

  test('not for a decision that another one comes before', async () => {
    const decisions = [decision('first', 2, all(math)), decision('second', 1, all(personal))];
    expect((await ask(decisions, 'hi', { category: 'math' })).asked).toEqual(['category']);
    expect((await ask(decisions, 'hi', { category: 'law' })).asked).toEqual(['category', 'pii']);
  });

  test('not the dear one when the cheap one says no', async () => {
    const decisions = [decision('d', 0, all(personal, math))];
    expect((await ask(decisions, 'hi', { category: 'law' })).asked).toEqual(['category']);
    expect((await ask(decisions, 'hi', { category: 'math' })).asked).toEqual(['category', 'pii']);
  });

  test('not for a model that the client named', () => {
    const { asked, promptFacts } = toldFacts({ category: 'math' });
    const fixture = exchangeFixture(configOf([decision('d', 0, all(math))]), { promptFacts });
    send(fixture, chat('small', 'hi'));
    expect(asked).toEqual([]);
  });

  test('but what the guard will ask in any case is begun first, so that models compute side by side', async () => {
    const told = { category: 'math', more: { pii_guard: { enabled: true } } };
    const unguarded = [{ type: 'pii', configuration: { enabled: false } }];
    const { asked } = await ask([decision('d', 0, all(math))], 'hi', told);
    expect(asked.slice(0, 2)).toEqual(['pii', 'category']);
    const free = [decision('d', 0, all(math), { plugins: unguarded })];
    expect((await ask(free, 'hi', told)).asked).toEqual(['category']);

    // Nobody is left to the default, which has no guard here.
    const guarded = { plugins: [{ type: 'pii', configuration: { enabled: true } }] };
    const covered = [decision('d', 1, all(math), guarded), decision('rest', 0, all(), guarded)];
    expect((await ask(covered, 'hi', { category: 'math' })).asked[0]).toBe('pii');
    expect((await ask(covered.slice(0, 1), 'hi', { category: 'math' })).asked[0]).toBe('category');
  });

  test('and nobody waits where no decision needs one', () => {
    const fixture = exchangeFixture(configOf([decision('d', 0, all(keyword))]));
    expect(forwarded(send(fixture, chat('auto', 'prove it')).verdict).set).toMatchObject({
      'x-selected-model': 'big',
    });
  });
});

describe('when a detector fails', () => {
  const failed: Told = { pii: { unavailable: 'failed' } };
  const guard = (onUnknown: string): object =>
    decision('guard', 9, all(personal), { on_unknown: onUnknown });
  const open = decision('open', 1, { operator: 'NOT', conditions: [personal] });

  test('no decision opens because of it', async () => {
    const { exchange, fixture } = await ask([open], 'hi', failed);
    finish(exchange, 'cut');
    expect(fixture.records).toMatchObject([{ decision: 'default' }]);
  });

  test('a decision may match all the same', async () => {
    const { exchange, fixture } = await ask([guard('match'), open], 'hi', failed);
    finish(exchange, 'cut');
    expect(fixture.records).toMatchObject([{ decision: 'guard' }]);
  });

  test('a decision may have the request refused, which is counted and not billed', async () => {
    const { verdict, exchange, fixture } = await ask([guard('fail_request')], 'hi', failed);
    expect(answerOf(verdict)).toMatchObject({
      status: 503,
      json: { error: { code: 'signals_unavailable', type: 'server_error' } },
    });
    finish(exchange, 'answered');
    expect(fixture.records).toEqual([]);
    expect(fixture.errors).toEqual([':classification_failed']);
  });
});

describe('groups', () => {
  const staff = configOf([decision('staff', 0, all({ type: 'authz', name: 'staff' }))], {
    authz_rules: [{ name: 'staff', groups: ['staff', 'ops'] }],
  });
  const decidedFor = (authentication: object, head: HeadOptions): string | undefined => {
    const config = { ...staff, maas_integration: { enabled: true, authentication } };
    const fixture = exchangeFixture(testConfig(config));
    finish(send(fixture, chat('auto', 'hi'), head).exchange, 'cut');
    expect(JSON.stringify(fixture.records)).not.toContain('ops');
    return fixture.records[0]?.decision;
  };
  const inHeader = { groups_header: 'X-Groups' };
  const withGroups = (...values: string[]): HeadOptions => ({
    headers: [...alice, ...values.map((value) => ['x-groups', value] as const)],
  });

  test.each<[string, HeadOptions, string]>([
    ['one of several', withGroups('eng, ops ,x'), 'staff'],
    ['others', withGroups('eng'), 'default'],
    ['none', withGroups(), 'default'],
    ['part of a name', withGroups('staffing'), 'default'],
    ['a header twice', withGroups('staff', 'staff'), 'default'],
    ['too many', withGroups(`${'x,'.repeat(500)}staff`), 'default'],
  ])('from a header: %s', (_name, head, expected) => {
    expect(decidedFor(inHeader, head)).toBe(expected);
  });

  test('their header does not reach the backend', () => {
    const config = { maas_integration: { enabled: true, authentication: inHeader } };
    const { verdict } = send(exchangeFixture(testConfig(config)), chat('small', 'x'));
    expect(forwarded(verdict).remove).toContain('x-groups');
  });

  test('from metadata, as a list or a text; headers are not believed then', () => {
    const namespace = 'envoy.filters.http.ext_authz';
    const metadata = { namespace, user: 'user', tier: 'tier', groups: 'groups' };
    const head = (groups: string | readonly string[]): HeadOptions => ({
      ...withGroups('staff'),
      metadata: { [namespace]: { user: 'alice', tier: 'free', groups } },
    });
    const authentication = { ...inHeader, metadata };
    expect(decidedFor(authentication, head(['eng', 'ops']))).toBe('staff');
    expect(decidedFor(authentication, head('eng,ops'))).toBe('staff');
    expect(decidedFor(authentication, head(['eng']))).toBe('default');
  });

  test('from an attribute', () => {
    const attributes = { user: 'u', tier: 't', groups: 'g' };
    const head: HeadOptions = { attributes: { u: 'alice', t: 'free', g: 'ops' } };
    expect(decidedFor({ attributes }, head)).toBe('staff');
    expect(decidedFor({ attributes }, { attributes: { u: 'alice', t: 'free' } })).toBe('default');
  });
});

test('the time is that of the clock', () => {
  // The clock of the fixture stands on Tuesday, 14 November 2023, 22:13:20 UTC.
  const decidedAt = (window: object): string | undefined => {
    const fixture = exchangeFixture(
      configOf([decision('now', 0, all({ type: 'time', name: 'w' }))], {
        time_rules: [{ name: 'w', windows: [window] }],
      }),
    );
    finish(send(fixture, chat('auto', 'hi')).exchange, 'cut');
    return fixture.records[0]?.decision;
  };
  expect(decidedAt({ days: ['tue'], from: '22:00' })).toBe('now');
  expect(decidedAt({ days: ['wed'] })).toBe('default');
});
