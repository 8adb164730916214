import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseResource } from './parse-resource.ts';

const config = { default_model: 'a', anything: { goes: [1, null] } };

function parseSpec(spec: unknown) {
  return parseResource({ metadata: { name: 'demo' }, spec });
}

function problemsOf(spec: unknown): string[] {
  const parsed = parseSpec(spec);
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`);
}

test('a right resource gets its defaults, and its configuration is kept as it is', () => {
  const parsed = parseSpec({ config });
  expect(parsed).toMatchObject({
    ok: true,
    warnings: [],
    spec: {
      topologySpread: 'Auto',
      auth: { provider: 'None', defaultTier: 'free', authorino: { port: 50_051 } },
      monitoring: { mode: 'Auto', interval: '30s' },
      networkPolicy: { enabled: true, clientsFrom: [] },
      suspend: false,
    },
  });
  expect(parsed.ok && parsed.spec.config).toEqual(config);
});

test('what the API server would complete in the configuration is completed', () => {
  const parsed = parseSpec({ config: { maas_integration: { enabled: true } } });
  expect(parsed.ok && parsed.spec.config?.['maas_integration']).toMatchObject({
    enabled: true,
    headers: { prefix: 'x-vsr-' },
  });
});

test('all problems are told at once, each with its path', () => {
  const spec = {
    replicas: 1,
    autoscaling: { maxReplicas: 0 },
    image: 'A B',
    env: [{ name: 'A' }],
    auth: { provider: 'Authorino', tiers: ['gold'] },
    podTemplate: { labels: { a: '-' } },
  };
  expect(problemsOf(spec)).toEqual([
    'spec.autoscaling.maxReplicas: must be at least 1',
    'spec.image: must be an image such as registry.example/semantic-router-maas:1.2.3 or …@sha256:…',
    'spec.env[0]: exactly one of value and valueFrom must be set',
    'spec.podTemplate.labels.a: must be a label value',
    'spec.auth: provider Authorino needs at least one of apiKeys, kubernetesTokens, jwt and authentication',
    'spec.auth.defaultTier: must be one of tiers',
    'spec: exactly one of config and configFrom must be set',
  ]);
});

test.each([
  [{ replicas: 1, autoscaling: { maxReplicas: 2 }, config }, 'spec: only one of replicas and'],
  [{ config, configFrom: { configMap: { name: 'a' } } }, 'spec: exactly one of config and'],
  [{ config, ledger: { emptyDir: {}, claim: { name: 'a' } } }, 'spec.ledger: only one of'],
  [
    { config, autoscaling: { minReplicas: 3, maxReplicas: 2 } },
    'spec.autoscaling.maxReplicas: must',
  ],
  [
    { config, resources: { limits: { cpu: 'x' } } },
    'spec.resources.limits.cpu: must be a quantity',
  ],
  [{ config, auth: { tiers: ['free', 'free'] } }, 'spec.auth.tiers: must not repeat'],
  [{ config, replicas: 'two' }, 'spec.replicas: must be a number, not the text "two"'],
  [undefined, 'spec: is missing'],
  ['text', 'spec: must be a section with keys, not the text "text"'],
])('%j', (spec, problem) => {
  const problems = problemsOf(spec);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(problem);
});

describe('the name', () => {
  test.each(['demo', 'a', 'a'.repeat(45)])('%s is right', (name) => {
    expect(parseResource({ metadata: { name }, spec: { config } })).toMatchObject({ ok: true });
  });

  test.each(['a'.repeat(46), 'A', '1a', 'a.b', '', 5, undefined])('%s is wrong', (name) => {
    expect(parseResource({ metadata: { name }, spec: { config } })).toMatchObject({
      ok: false,
      problems: [{ path: 'metadata.name' }],
    });
  });
});

test('a key that nobody knows is a warning with the nearest one', () => {
  const spec = { config, replica: 2, auth: { tokens: true } };
  expect(parseSpec(spec)).toMatchObject({
    ok: true,
    warnings: [
      {
        path: 'spec.replica',
        message: 'is no known key and is ignored; did you mean `replicas`?',
      },
      { path: 'spec.auth.tokens', message: 'is no known key and is ignored' },
    ],
  });
});

test('keys without a value count as left out', () => {
  expect(parseSpec({ config, replicas: null, auth: null })).toMatchObject({ ok: true });
});

test.each<[string, string | undefined]>([
  ['chat.team-b', undefined],
  ['llm.example.com', undefined],
  ['gateway', undefined],
  [
    'chat.team-a',
    'spec.auth.host: "chat.team-a" belongs to the namespace team-a, as every key of the form ' +
      'NAME.NAMESPACE does: use one that ends with .team-b, or one of another form',
  ],
])('the key %s in a resource of team-b', (host, problem) => {
  const parsed = parseResource({
    metadata: { name: 'demo', namespace: 'team-b' },
    spec: { config, auth: { host } },
  });
  const problems = parsed.ok ? [] : parsed.problems;
  const told = problems.map(({ path, message }) => `${path}: ${message}`);
  expect(told).toEqual(problem === undefined ? [] : [problem]);
});

test('whatever it is given, it answers', () => {
  const junk = fc.anything({ withNullPrototype: true, withSparseArray: true });
  const keys = ['config', 'auth', 'env', 'replicas', 'topologySpread', 'podTemplate', 'resources'];
  const spec = fc.dictionary(fc.constantFrom(...keys), junk);
  fc.assert(
    fc.property(
      fc.oneof(
        junk,
        spec.map((own) => ({ metadata: { name: 'a' }, spec: own })),
      ),
      (value) => {
        const parsed = parseResource(value);
        expect(parsed.ok || parsed.problems.length > 0).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});
