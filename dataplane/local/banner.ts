// What `npm start` prints once everything listens: where, and what to try.
import type { BillingMode } from '../../config/mode.ts';
import type { DemoKey } from './gate.ts';

export interface BannerFacts {
  readonly configPath: string;
  readonly mode: BillingMode;
  readonly ports: {
    readonly envoy: number;
    readonly extProc: number;
    readonly metrics: number;
    readonly admin: number;
  };
  /** The demo keys of the gate; empty where no gate stands in front. */
  readonly demoKeys: readonly DemoKey[];
  /** Endpoints that a simulated model stands in for. */
  readonly simulated: readonly string[];
}

export function banner(facts: BannerFacts): string {
  const { ports, demoKeys } = facts;
  const counters = facts.mode === 'standalone' ? 'llm_model' : 'semantic_router';
  const base = `http://127.0.0.1:${ports.envoy}`;
  const key = demoKeys[1] ?? demoKeys[0];
  const authorization = key === undefined ? '' : ` \\\n    -H 'authorization: Bearer ${key.key}'`;
  const ask = (text: string, more = ''): string =>
    `{"model":"auto",${more}"messages":[{"role":"user","content":"${text}"}]}`;
  const post = (body: string, flags = '-si'): string =>
    [
      `  curl ${flags} ${base}/v1/chat/completions${authorization} \\`,
      `    -H 'content-type: application/json' -d '${body}'`,
    ].join('\n');
  return [
    '',
    `semantic-router-maas runs in ${facts.mode} mode with ${facts.configPath}`,
    '',
    `  chat completions   ${base}/v1/chat/completions`,
    `  metrics            http://127.0.0.1:${ports.metrics}/metrics`,
    `  health, config     http://127.0.0.1:${ports.admin}/readyz  /config  /v1/models`,
    `  ext_proc           127.0.0.1:${ports.extProc}`,
    ...(facts.simulated.length === 0
      ? []
      : [`  simulated models   ${facts.simulated.join(', ')} (nothing answers there)`]),
    ...(demoKeys.length === 0
      ? []
      : [
          `  demo keys          ${demoKeys.map(({ key: name, user, tier }) => `${name} (${user}, ${tier})`).join(', ')}`,
        ]),
    '',
    'Try:',
    post(ask('Prove that the square root of two is irrational.')),
    post(ask('Say hello.', '"stream":true,'), '-sN'),
    `  curl -s http://127.0.0.1:${ports.metrics}/metrics | grep -E '^${counters}_(tokens|requests)_total'`,
    '',
    'Ctrl-C ends everything.',
    '',
  ].join('\n');
}
