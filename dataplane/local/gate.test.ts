import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startGate, type Gate } from './gate.ts';

let gate: Gate;
beforeAll(async () => {
  gate = await startGate({
    host: '127.0.0.1',
    userHeader: 'x-auth-request-user',
    tierHeader: 'x-auth-request-tier',
  });
});
afterAll(() => gate.close());

const ask = (authorization?: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${gate.port}/v1/chat/completions`, {
    method: 'POST',
    body: '{}',
    headers: authorization === undefined ? {} : { authorization },
  });

test('a demo key tells user and tier', async () => {
  expect(gate.demoKeys.map(({ tier }) => tier)).toEqual(['free', 'premium', 'enterprise']);
  for (const { key, user, tier } of gate.demoKeys) {
    const reply = await ask(`Bearer ${key}`);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('x-auth-request-user')).toBe(user);
    expect(reply.headers.get('x-auth-request-tier')).toBe(tier);
  }
});

test.each([undefined, '', 'Bearer', 'Bearer nope', 'Basic demo-free', 'Bearer demo-free x'])(
  'authorization %j is refused in the shape of OpenAI',
  async (authorization) => {
    const reply = await ask(authorization);
    expect(reply.status).toBe(401);
    expect(reply.headers.get('x-auth-request-user')).toBeNull();
    expect(await reply.json()).toMatchObject({ error: { code: 'unauthenticated' } });
  },
);
