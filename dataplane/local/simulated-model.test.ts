import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startSimulatedModel, type SimulatedModel } from './simulated-model.ts';

let model: SimulatedModel;
beforeAll(async () => {
  model = await startSimulatedModel({ host: '127.0.0.1', tokensPerSecond: 0 });
});
afterAll(() => model.close());

const post = (path: string, body: unknown): Promise<Response> =>
  fetch(`http://127.0.0.1:${model.port}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const messages = [
  { role: 'system', content: 'Be kind.' },
  { role: 'user', content: [{ type: 'text', text: 'one two three' }] },
];

interface Completion {
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number };
  readonly choices: readonly {
    readonly message?: { readonly content: string; readonly reasoning_content?: string };
    readonly delta?: { readonly content?: string };
    readonly finish_reason: string | null;
  }[];
}

async function chat(more: object = {}): Promise<Completion> {
  const reply = await post('/v1/chat/completions', { model: 'm', messages, ...more });
  expect(reply.headers.get('x-simulated-model')).toBe('true');
  return (await reply.json()) as Completion;
}

async function events(more: object): Promise<readonly Completion[]> {
  const reply = await post('/v1/chat/completions', { model: 'm', messages, stream: true, ...more });
  expect(reply.headers.get('content-type')).toBe('text/event-stream');
  const lines = (await reply.text()).split('\n').filter((line) => line.startsWith('data: '));
  expect(lines.pop()).toBe('data: [DONE]');
  return lines.map((line) => JSON.parse(line.slice(6)) as Completion);
}

test('a whole answer names the model, echoes the prompt and counts plausibly', async () => {
  const { choices, usage } = await chat();
  expect(choices[0]?.message?.content).toContain('of m. You wrote: "one two three"');
  expect(choices[0]?.finish_reason).toBe('stop');
  expect(usage?.prompt_tokens).toBe(7);
  expect(usage?.completion_tokens).toBeGreaterThan(10);
});

test('what was masked is told in a way that nobody restores', async () => {
  const content = 'Write to <EMAIL_ADDRESS_1>, <PERSON_1>.';
  const { choices } = await chat({ messages: [{ role: 'user', content }] });
  expect(choices[0]?.message?.content).toContain(
    `You wrote: "${content}". I saw EMAIL_ADDRESS_1 and PERSON_1 there. `,
  );
});

test('a stream says the same with the same usage, but only where it is asked for', async () => {
  const { choices, usage } = await chat();
  const asked = await events({ stream_options: { include_usage: true } });
  expect(asked.at(-1)).toMatchObject({ choices: [], usage });
  const text = asked.map((event) => event.choices[0]?.delta?.content ?? '').join('');
  expect(text).toBe(choices[0]?.message?.content);
  expect((await events({})).some((event) => event.usage !== undefined)).toBe(false);
});

test('limits, several answers and reasoning', async () => {
  const short = await chat({ max_tokens: 4, n: 2 });
  expect(short.choices).toHaveLength(2);
  expect(short.choices[1]?.finish_reason).toBe('length');
  expect(short.usage?.completion_tokens).toBe(8);
  const reasoned = await chat({ chat_template_kwargs: { enable_thinking: true } });
  expect(reasoned.choices[0]?.message?.reasoning_content).toContain('Simulated reasoning');
  const cut = await chat({ reasoning_effort: 'high', max_tokens: 3 });
  expect(cut.choices[0]).toMatchObject({
    message: { reasoning_content: 'Simulated reasoning: read', content: '' },
    finish_reason: 'length',
  });
  expect(cut.usage).toMatchObject({
    completion_tokens: 3,
    completion_tokens_details: { reasoning_tokens: 3 },
  });
  const silent = await chat({ chat_template_kwargs: { enable_thinking: false } });
  expect(silent.choices[0]?.message).not.toHaveProperty('reasoning_content');
});

test('plain completions stream and count as well', async () => {
  const ask = { model: 'm', prompt: 'one two three' };
  const reply = await post('/v1/completions', ask);
  const body = (await reply.json()) as {
    readonly choices: readonly { readonly text: string }[];
    readonly usage: object;
  };
  const more = { ...ask, stream: true, stream_options: { include_usage: true } };
  const lines = (await (await post('/v1/completions', more)).text())
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as Partial<typeof body>);
  const text = lines.map(({ choices }) => choices?.[0]?.text ?? '').join('');
  expect(text).toBe(body.choices[0]?.text);
  expect(lines.at(-1)?.usage).toEqual(body.usage);
});

test('health and the list of models', async () => {
  const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${model.port}${path}`);
  expect((await get('/health')).status).toBe(200);
  expect(await (await get('/v1/models')).json()).toMatchObject({ object: 'list' });
});

test('embeddings depend on the text alone', async () => {
  const reply = await post('/v1/embeddings', { model: 'm', input: ['a', 'b', 'a'] });
  const { data } = (await reply.json()) as { data: { embedding: number[] }[] };
  expect(data[0]?.embedding).toEqual(data[2]?.embedding);
  expect(data[0]?.embedding).not.toEqual(data[1]?.embedding);
});

test.each([
  ['/v1/chat/completions', 'not json', 400],
  ['/v1/chat/completions', { messages: 'none' }, 400],
  ['/v1/chat/completions', { model: 'm' }, 400],
  ['/v1/completions', { model: 'm', messages: [] }, 400],
  ['/v1/embeddings', { model: 'm', prompt: 'x' }, 400],
  ['/v1/audio', {}, 404],
])('%s with %j is an error in the shape of OpenAI', async (path, body, status) => {
  const reply = await post(path, body);
  expect(reply.status).toBe(status);
  expect(await reply.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
});
