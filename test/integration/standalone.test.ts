// Whoever does not use MaaS-billing sees no difference: with the section absent or disabled,
// response headers and metrics are the same, byte for byte, and as they are written down here.
import { afterEach, expect, test } from '@jest/globals';
import { send } from '../kit/client.ts';
import { startSystem, type System } from '../kit/system.ts';

let system: System | undefined;
afterEach(() => system?.stop());

interface Seen {
  readonly headers: readonly string[];
  readonly metrics: readonly string[];
}

/** What differs between any two runs: times, ports in the hash, sizes of the process. */
function withoutTimes(page: string): readonly string[] {
  return page
    .split('\n')
    .filter((line) => !/^(# \w+ )?(process_|nodejs_)/.test(line))
    .map((line) =>
      line
        .replace(/(_seconds\w*({.*})?|config_info{hash=".*"}) [\d.e+-]+$/, '$1 *')
        .replace(/hash="[0-9a-f]+"/, 'hash="*"'),
    );
}

async function seenWith(config: object): Promise<Seen> {
  const running = await startSystem({ config });
  system = running;
  const headers: string[] = [];
  for (const body of [
    { model: 'auto', messages: [{ role: 'user', content: 'prove it' }] },
    { model: 'small', messages: [{ role: 'user', content: 'hi' }] },
    { model: 'auto', stream: true, messages: [{ role: 'user', content: 'hi' }] },
    { model: 'nope', messages: [{ role: 'user', content: 'hi' }] },
    { messages: [] },
  ]) {
    const reply = await send({
      url: `${running.url}/v1/chat/completions`,
      headers: {
        'x-auth-request-user': 'alice',
        'x-auth-request-tier': 'premium',
        'x-request-id': 'the-same',
      },
      body,
    });
    headers.push(
      [reply.status, ...reply.rawHeaders.map((text) => text.toLowerCase())]
        .join('|')
        .replace(/\|date\|[^|]+/, ''),
    );
  }
  await running.waitForRecords(3);
  const metrics = withoutTimes(await running.metricsPage());
  await running.stop();
  return { headers, metrics };
}

test('absent and disabled are the same, and hold nothing of MaaS', async () => {
  const absent = await seenWith({});
  const disabled = await seenWith({
    maas_integration: {
      enabled: false,
      headers: { prefix: 'x-other-' },
      metrics: { internal_cost_calculation: true, known_tiers: ['free'] },
    },
  });
  expect(disabled).toEqual(absent);

  const page = absent.metrics.join('\n');
  expect(page).not.toContain('semantic_router_');
  expect(page).not.toMatch(/alice|premium/);
  for (const line of [
    'llm_model_requests_total{model="big"} 1',
    'llm_model_requests_total{model="small"} 2',
    'llm_model_prompt_tokens_total{model="small"} 20',
    'llm_model_completion_tokens_total{model="small"} 6',
    'llm_model_tokens_total{model="small"} 26',
    'llm_model_cost_total{model="big",currency="USD"} 0.000055',
    'llm_request_errors_total{model="",reason="model_not_found"} 1',
  ]) {
    expect(absent.metrics).toContain(line);
  }

  const [routed = ''] = absent.headers;
  for (const pair of [
    'x-vsr-selected-model|big',
    'x-vsr-selected-decision|math_decision',
    'x-vsr-selected-reasoning|on',
    'x-vsr-injected-system-prompt|false',
  ]) {
    expect(routed).toContain(pair);
  }
  expect(routed).not.toContain('x-vsr-model-selected');
});
