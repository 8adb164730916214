// Random router configurations that are right, for properties.
import fc from 'fast-check';

const text = (expression: RegExp) => fc.stringMatching(expression);
const name = text(/^[!-~]([ -~]{0,10}[!-~])?$/);
const host = fc.oneof(
  text(/^[a-z]{1,9}(\.[a-z0-9_]{0,3}[a-z]){0,2}$/),
  fc.ipV4(),
  fc.ipV6().filter((address) => !address.includes('.')),
);
const decimal = text(/^\d{1,12}(\.\d{1,12})?$/);
const price = fc.oneof(decimal, fc.integer({ min: 0, max: 10 ** 9 }), fc.constantFrom(0.15, 2.5));
const tokens = fc.oneof(text(/^\d{1,5}(\.\d{1,3})?[KMkm]?$/), fc.nat());
const identity = text(/^[a-zäöüßé@:_.-]([ a-zäöüßé@:_.-]{0,20}[a-zäöüßé@:_.-])?$/);
const share = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
const named = <Value>(value: fc.Arbitrary<Value>, minLength = 0) =>
  fc.uniqueArray(fc.tuple(name, value), { selector: ([own]) => own, minLength, maxLength: 3 });
const optional = <Fields extends Record<string, unknown>>(fields: {
  [Key in keyof Fields]: fc.Arbitrary<Fields[Key]>;
}) => fc.record(fields, { requiredKeys: [] });

const endpoints = named(
  fc.record(
    {
      address: host,
      port: fc.integer({ min: 1, max: 65_535 }),
      weight: fc.integer({ min: 1, max: 10_000 }),
      health_check_path: text(/^\/[!-~]{0,9}$/),
      tls: optional({ server_name: host }),
    },
    { requiredKeys: ['address', 'port'] },
  ),
  1,
).map((all) => all.map(([own, fields]) => ({ name: own, ...fields })));

const pricing = optional({
  currency: text(/^[A-Z]{3}$/),
  prompt_per_1m: price,
  completion_per_1m: price,
});

const maas = optional({
  enabled: fc.boolean(),
  authentication: optional({
    fallback_user: identity,
    fallback_tier: identity,
    on_missing: fc.constantFrom('fallback', 'reject'),
  }),
  metrics: optional({
    user_label: fc.constantFrom('raw', 'hash', 'drop'),
    max_users: fc.integer({ min: 1, max: 1_000_000 }),
    known_tiers: fc.array(identity, { maxLength: 3 }),
    internal_cost_calculation: fc.boolean(),
  }),
  headers: optional({ export_security: fc.boolean(), prefix: text(/^x-my[a-z]{0,9}-$/) }),
});

const plugins = fc.subarray([
  { type: 'system_prompt', configuration: { system_prompt: 'Be brief.', mode: 'insert' } },
  { type: 'semantic-cache', configuration: { enabled: false, similarity_threshold: 0.9 } },
  { type: 'pii', configuration: { pii_types_allowed: ['EMAIL_ADDRESS'] } },
  { type: 'jailbreak', configuration: { threshold: 1 } },
  {
    type: 'header_mutation',
    configuration: { delete: ['x-a'], add: [{ name: 'x-b', value: '' }] },
  },
]);

/** Rules over signals that are there, up to `depth` levels. */
function rules(keywords: readonly string[], depth: number): fc.Arbitrary<object> {
  const leaf = fc.constantFrom(...keywords).map((own) => ({ type: 'keyword', name: own }));
  const child = depth === 1 ? leaf : fc.oneof(leaf, rules(keywords, depth - 1));
  return fc.oneof(
    fc.record({ operator: fc.constant('NOT'), conditions: child.map((one) => [one]) }),
    fc.record({
      operator: fc.constantFrom('AND', 'OR'),
      conditions: fc.array(child, { minLength: 1, maxLength: 2 }),
    }),
  );
}

const keywordRules = named(
  fc.record(
    {
      keywords: fc.array(text(/^[a-z]{1,9}$/), { minLength: 1, maxLength: 3 }),
      method: fc.constantFrom('literal', 'regex', 'bm25', 'fuzzy', 'ngram'),
    },
    { requiredKeys: ['keywords'] },
  ),
  1,
).map((all) => all.map(([own, fields]) => ({ name: own, operator: 'OR', ...fields })));

const windows = optional({
  days: fc.subarray(['mon', 'wed', 'sun']),
  from: text(/^(0\d|1\d|2[0-3]):[0-5]\d$/),
  to: fc.oneof(text(/^(0\d|1\d|2[0-3]):[0-5]\d$/), fc.constant('24:00')),
});

const timeRules = named(fc.array(windows, { minLength: 1, maxLength: 2 })).map((all) =>
  all.map(([own, list]) => ({ name: own, timezone: 'Europe/Berlin', windows: list })),
);

/** Every configuration is accepted by config/. */
export const rightConfig: fc.Arbitrary<object> = fc
  .record({
    vllm_endpoints: endpoints,
    models: named(optional({ pricing, description: fc.string({ maxLength: 20 }) }), 1),
    keyword_rules: keywordRules,
  })
  .map(({ models, ...rest }) => ({
    ...rest,
    models: models.filter(([own]) => !['MoM', 'auto', '__proto__'].includes(own)),
  }))
  .filter(({ models }) => models.length > 0)
  .chain(({ vllm_endpoints, models, keyword_rules }) => {
    const names = models.map(([own]) => own);
    const ref = fc.record(
      { model: fc.constantFrom(...names), use_reasoning: fc.boolean() },
      { requiredKeys: ['model'] },
    );
    const decision = fc.record(
      {
        priority: fc.integer({ min: -1_000_000, max: 1_000_000 }),
        on_unknown: fc.constantFrom('no_match', 'match', 'fail_request'),
        rules: rules(
          keyword_rules.map((rule) => rule.name),
          6,
        ),
        modelRefs: fc.array(ref, { minLength: 1, maxLength: 2 }),
        plugins,
      },
      { requiredKeys: ['rules', 'modelRefs'] },
    );
    return fc.record(
      {
        default_model: fc.constantFrom(...names),
        vllm_endpoints: fc.constant(vllm_endpoints),
        model_config: fc.constant(Object.fromEntries(models)),
        keyword_rules: fc.constant(keyword_rules),
        context_rules: named(tokens).map((all) =>
          all.map(([own, min_tokens]) => ({ name: own, min_tokens })),
        ),
        time_rules: timeRules,
        signal_settings: optional({
          pii: optional({ deadline_ms: fc.integer({ min: 1, max: 60_000 }) }),
        }),
        decisions: named(decision).map((all) =>
          all.map(([own, fields]) => ({ name: `d ${own}`, ...fields })),
        ),
        maas_integration: maas,
        semantic_cache: optional({ enabled: fc.boolean(), similarity_threshold: share }),
        router: optional({
          hide_forced_usage: fc.boolean(),
          message_timeout_seconds: fc.constant(1.5),
        }),
      },
      { requiredKeys: ['default_model', 'vllm_endpoints', 'model_config', 'keyword_rules'] },
    );
  });

/** A configuration in which one thing, anywhere, was replaced by something else. */
export const alteredConfig: fc.Arbitrary<object> = fc
  .tuple(
    rightConfig,
    fc.nat(),
    fc.constantFrom<unknown>(
      '',
      ' ',
      'ä',
      'a b',
      '5',
      -1,
      0,
      1.5,
      2 ** 40,
      true,
      null,
      [],
      {},
      [''],
      'x'.repeat(5000),
    ),
  )
  .map(([config, at, value]) => {
    const copy = JSON.parse(JSON.stringify(config)) as object;
    const places = [...placesIn(copy)];
    const place = places[at % places.length];
    if (place !== undefined) Object.assign(place.holder, { [place.key]: value });
    return copy;
  });

function* placesIn(value: unknown): Generator<{ readonly holder: object; readonly key: string }> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    yield { holder: value, key };
    yield* placesIn(member);
  }
}
