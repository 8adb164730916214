import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { checkConfig } from './check.ts';
import { formatProblem, parseConfig } from './parse.ts';
import { configJsonSchema, type JsonSchema } from './source/json-schema.ts';

const least = `default_model: small
vllm_endpoints:
  - name: local
    address: 127.0.0.1
    port: 8000
model_config:
  small:
`;

function told(text: string | Uint8Array, fileName?: string): string[] {
  const result = parseConfig(text, fileName);
  return result.ok ? [] : result.problems.map(formatProblem);
}

function warned(text: string): string[] {
  return parseConfig(text).warnings.map(formatProblem);
}

test('the least that a configuration must say', () => {
  const result = parseConfig(least);
  expect(result.ok && result.config).toMatchObject({
    default_model: 'small',
    auto_model_name: ['MoM', 'auto'],
    model_config: { small: { preferred_endpoints: [] } },
    decisions: [],
    maas_integration: { enabled: false },
  });
  expect(result.warnings).toEqual([]);
});

test('every problem is told at once, with its line, in the order of the file', () => {
  const text = `default_model: smal
strategy: Priority
vllm_endpoints:
  - name: local
    address: http://127.0.0.1
    port: "8000"
  - name: spare
    address: 10.0.0.256
    port: 8000
model_config:
  small:
    preferred_endpoints: [local, lost]
    pricing: {prompt_per_1m: -1}
  large:
    preferred_endpoints: [spare, gone]
    reasoning_family: qwen3
keyword_rules:
  - category: code
    operator: or
    keywords: [python]
  - name: math
    operator: OR
    keywords: ['\\bsolve(']
decisions:
  - name: default
    rules:
      operator: OR
      conditions:
        - {type: keyword, name: code}
        - {type: keyword, name: maths}
        - operator: NOT
          conditions: []
    modelRefs:
      - model: small
      - model: huge
  - name: broken
    rules:
      operator: AND
      conditions:
        - {type: keywrd, name: code}
        - {operator: OR, conditions: [{type: keyword}]}
    modelRefs: []
    plugins:
      - type: system-prompt
      - {type: pii, configuration: {enabled: yes}}
tools: {enabled: true}
maas_integration:
  enabled: true
  headers:
    prefix: X-VSR-
`;
  expect(told(text, 'deploy/config.yaml')).toEqual([
    'deploy/config.yaml:1: default_model: "smal" is not in `model_config`',
    'deploy/config.yaml:2: strategy: must be one of priority, confidence, not the text "Priority"; did you mean priority?',
    'deploy/config.yaml:5: vllm_endpoints[0].address: must be an IP address or a DNS name, without scheme, port or path',
    'deploy/config.yaml:6: vllm_endpoints[0].port: must be a number, not the text "8000"',
    'deploy/config.yaml:8: vllm_endpoints[1].address: must be an IP address or a DNS name, without scheme, port or path',
    'deploy/config.yaml:13: model_config.small.pricing.prompt_per_1m: must be a non-negative decimal such as 0.15, with at most 12 digits on each side',
    'deploy/config.yaml:16: model_config.large.reasoning_family: "qwen3" is not in `reasoning_families`',
    'deploy/config.yaml:19: keyword_rules[0].operator: must be one of AND, OR, NOR, not the text "or"; did you mean OR?',
    'deploy/config.yaml:23: keyword_rules[1].keywords[0]: is a regular expression, because of `\\` before a letter or digit, and does not compile: missing closing ): `\\bsolve(` (in plain text, put `\\` before each sign, and write `\\` itself as `\\\\`)',
    'deploy/config.yaml:25: decisions[0].name: "default" is taken: it stands for requests that no decision matched',
    'deploy/config.yaml:30: decisions[0].rules.conditions[1].name: "maths" is not in `keyword_rules`; did you mean "math"?',
    'deploy/config.yaml:32: decisions[0].rules.conditions[2].conditions: NOT takes exactly one condition, not 0; put several into an OR or AND',
    'deploy/config.yaml:35: decisions[0].modelRefs[1].model: "huge" is not in `model_config`',
    'deploy/config.yaml:40: decisions[1].rules.conditions[0].type: must be one of keyword, context, authz, language, structure, conversation, time, embedding, domain, complexity, jailbreak, pii, not the text "keywrd"; did you mean keyword?',
    'deploy/config.yaml:41: decisions[1].rules.conditions[1].conditions[0].name: is missing',
    'deploy/config.yaml:42: decisions[1].modelRefs: is empty',
    'deploy/config.yaml:44: decisions[1].plugins[0].type: must be one of system_prompt, header_mutation, semantic-cache, jailbreak, pii, not the text "system-prompt"; did you mean system_prompt?',
    'deploy/config.yaml:45: decisions[1].plugins[1].configuration.enabled: must be true or false, not the text "yes"',
    'deploy/config.yaml:46: tools.enabled: must be false: selecting tools by meaning is not supported',
    'deploy/config.yaml:50: maas_integration.headers.prefix: must be the beginning of a header name, in lower case, such as x-vsr-',
  ]);
});

describe('one problem', () => {
  test.each<[string, string, string]>([
    ['an empty file', '', '1: is empty'],
    [
      'a list',
      '- a\n',
      '1: must be a mapping with keys such as `default_model` and `vllm_endpoints`',
    ],
    [
      'a sentence',
      'hello',
      '1: must be a mapping with keys such as `default_model` and `vllm_endpoints`',
    ],
    [
      'something missing',
      least.replace('    port: 8000\n', ''),
      '3: vllm_endpoints[0].port: is missing',
    ],
    [
      'a section missing',
      least.replace(/vllm_endpoints:[^]*8000\n/, ''),
      '1: vllm_endpoints: is missing',
    ],
    [
      'a key without value',
      `${least}strategy: [`,
      '8: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'a name that no header can hold',
      `${least}  größe:\n`,
      '8: model_config.größe: the name must be printable ASCII without spaces at its ends',
    ],
    ['a name twice', `${least}  small:\n`, '8: the key "small" stands here and on line 7'],
    [
      'a list too long',
      `${least}auto_model_name: [${'a, '.repeat(17)}]\n`,
      '8: auto_model_name: must have at most 16 entries',
    ],
    [
      'text too long',
      `${least}default_reasoning_effort: ${'x'.repeat(100)}\n`,
      `8: default_reasoning_effort: must be one of minimal, low, medium, high, not the text "${'x'.repeat(40)}…"`,
    ],
    [
      'a bad fraction',
      `${least}router: {message_timeout_seconds: .nan}\n`,
      '8: router.message_timeout_seconds: must be a number, not NaN',
    ],
    [
      'a number that is no whole one',
      `${least}router: {max_request_body_bytes: 5000.5}\n`,
      '8: router.max_request_body_bytes: must be a whole number, not 5000.5',
    ],
    [
      'a tier with a line break',
      `${least}maas_integration: {authentication: {fallback_tier: "a\\nb"}}\n`,
      '8: maas_integration.authentication.fallback_tier: must hold no control characters and no blanks at its ends',
    ],
    [
      'a category that differs from the name',
      `${least}keyword_rules: [{category: a, name: b, operator: OR, keywords: [x]}]\n`,
      '8: keyword_rules[0].category: is an older spelling of `name`, which stands beside it and differs',
    ],
    [
      'matching that we do not do',
      `${least}keyword_rules: [{name: b, operator: OR, keywords: [x], method: glob}]\n`,
      '8: keyword_rules[0].method: must be one of literal, regex, bm25, fuzzy, ngram, not the text "glob"',
    ],
    [
      'two methods at once',
      `${least}keyword_rules: [{name: b, operator: OR, keywords: [x], method: bm25, fuzzy_match: true}]\n`,
      '8: keyword_rules[0].fuzzy_match: is a method of its own and stands beside `method: bm25`',
    ],
    [
      'a policy twice',
      `${least}decisions: [{name: a, on_unknown: match, rules: {operator: AND, on_unknown: match, conditions: []}, modelRefs: [{model: small}]}]\n`,
      '8: decisions[0].rules.on_unknown: stands beside `on_unknown` of the decision, which means the same',
    ],
    [
      'a section under two names',
      `${least}pii: []\npii_rules: []\n`,
      '8: pii: stands beside `pii_rules`, which means the same; use one of them',
    ],
    [
      'examples that are images',
      `${least}complexity_rules: [{name: c, hard: {candidates: [x], image_candidates: [y]}, easy: {candidates: [z]}}]\n`,
      '8: complexity_rules[0].hard.image_candidates: is not supported: images are not compared',
    ],
    [
      'caches for domains',
      `${least}semantic_cache: {domains: {law: {}}}\n`,
      '8: semantic_cache.domains: is not supported: there is one cache; a decision sets its own threshold by a plugin',
    ],
    [
      'a part that we do not have',
      `${least}response_api: {enabled: true}\n`,
      '8: response_api: the Responses API with stored state is not supported; remove the section or set `enabled: false`',
    ],
  ])('%s', (_name, text, problem) => {
    expect(told(text)).toEqual([`config.yaml:${problem}`]);
  });
});

describe('a problem that follows from another is not told', () => {
  test.each<[string, string, string]>([
    [
      'a model names an endpoint that is wrong in itself',
      least.replace('model_config:', '  - {name: spare, address: ::1, port: 0}\nmodel_config:') +
        '    preferred_endpoints: [local, spare]\n',
      '6: vllm_endpoints[1].port: must be at least 1',
    ],
    [
      'the default is a model that is wrong in itself',
      `${least}    pricing: 5\n  large: {}\n`,
      '8: model_config.small.pricing: must be a section with keys, not 5',
    ],
    [
      'the default is a model of a section that is no map',
      least.replace('  small:\n', '  - small\n'),
      '6: model_config: must be a section with keys, not a list',
    ],
  ])('%s', (_name, text, problem) => {
    expect(told(text)).toEqual([`config.yaml:${problem}`]);
  });

  test('what has nothing to do with it is told', () => {
    const text =
      least.replace('model_config:', '  - {name: spare, address: ::1, port: 0}\nmodel_config:') +
      '    preferred_endpoints: [spare, gone]\n';
    expect(told(text)).toEqual([
      'config.yaml:6: vllm_endpoints[1].port: must be at least 1',
      'config.yaml:9: model_config.small.preferred_endpoints[1]: "gone" is not in `vllm_endpoints`',
    ]);
  });
});

describe('warnings', () => {
  test.each<[string, string, string[]]>([
    [
      'an unknown key, with the nearest known one',
      `${least}    reasoning_familly: x\ndecisons: []\nxyz: 1\n`,
      [
        '8: model_config.small.reasoning_familly: is no known key and is ignored; did you mean `reasoning_family`?',
        '9: decisons: is no known key and is ignored; did you mean `decisions`?',
        '10: xyz: is no known key and is ignored',
      ],
    ],
    [
      'an unknown key in a plugin',
      `${least}decisions:\n  - name: d\n    rules: {operator: AND, conditions: []}\n    modelRefs: [{model: small}]\n    plugins:\n      - type: system_prompt\n        configuration: {system_prompt: x, mod: insert}\n`,
      [
        '14: decisions[0].plugins[0].configuration.mod: is no known key and is ignored; did you mean `mode`?',
      ],
    ],
    [
      'an unknown key in a condition',
      `${least}decisions:\n  - name: d\n    rules: {operator: AND, conditions: [{operator: AND, conditions: [], foo: 1}]}\n    modelRefs: [{model: small}]\n`,
      ['10: decisions[0].rules.conditions[0].foo: is no known key and is ignored'],
    ],
    [
      'a leftover of an older form',
      `${least}    pii_policy: {allow_by_default: true}\n`,
      [
        '8: model_config.small.pii_policy: is ignored beside `decisions`: their `pii` plugins say what may pass',
      ],
    ],
    [
      'a name that cannot be one',
      `${least}  __proto__: {}\n`,
      ['8: model_config.__proto__: is no known key and is ignored'],
    ],
    ['a tag', `${least}strategy: !what priority\n`, ['8: Unresolved tag: !what']],
    [
      'a part switched off needs none',
      `${least}response_api: {enabled: false, ttl: 5}\ntools: {enabled: false}\n`,
      [],
    ],
    [
      'knobs of a path that we do not take',
      `${least}router: {high_confidence_threshold: 0.99}\n`,
      [],
    ],
  ])('%s', (_name, text, warnings) => {
    expect(told(text)).toEqual([]);
    expect(warned(text)).toEqual(warnings.map((warning) => `config.yaml:${warning}`));
  });
});

describe('spellings that mean the same', () => {
  const rules = (rule: string): unknown => {
    const result = parseConfig(`${least}keyword_rules:\n  - ${rule}\n`);
    return result.ok ? result.config.keyword_rules[0] : result.problems.map(formatProblem);
  };
  const rule = { name: 'a', operator: 'OR', keywords: ['x.y'], case_sensitive: false };

  test.each<[string, string, unknown]>([
    ['name', '{name: a, operator: OR, keywords: [x.y]}', rule],
    ['category', '{category: a, operator: OR, keywords: [x.y]}', rule],
    ['both', '{category: a, name: a, operator: OR, keywords: [x.y]}', rule],
    [
      'fuzzy_match',
      '{name: a, operator: OR, keywords: [x.y], fuzzy_match: true, fuzzy_threshold: 90}',
      { ...rule, method: 'fuzzy', fuzzy_threshold: 90 },
    ],
    ['no fuzzy_match', '{name: a, operator: OR, keywords: [x.y], fuzzy_match: false}', rule],
    ['null', '{name: a, operator: OR, keywords: [x.y], case_sensitive: , description: ~}', rule],
  ])('%s', (_name, text, expected) => {
    expect(rules(text)).toEqual(expected);
  });

  test('sections, and a policy, as semantic-router writes them', () => {
    const text = `${least}jailbreak: [{name: j, threshold: 0.8}]
pii: [{name: p, threshold: 0.9, pii_types_allowed: [EMAIL_ADDRESS]}]
conversation: [{name: c, feature: {type: exists, source: {type: tool_definition}}}]
authz_rules: [{name: first, users: [ann]}]
role_bindings: [{name: b, role: staff, subjects: [{kind: Group, name: eng}]}]
decisions:
  - name: d
    rules: {operator: AND, on_unknown: fail_request, conditions: [{type: authz, name: staff}]}
    modelRefs: [{model: small}]
`;
    const result = parseConfig(text);
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([]);
    expect(result.ok && result.config).toMatchObject({
      jailbreak_rules: [{ name: 'j', threshold: 0.8 }],
      pii_rules: [{ name: 'p', threshold: 0.9, pii_types_allowed: ['EMAIL_ADDRESS'] }],
      conversation_rules: [{ name: 'c' }],
      authz_rules: [
        { name: 'first', users: ['ann'], groups: [] },
        { name: 'staff', users: [], groups: ['eng'] },
      ],
      decisions: [{ on_unknown: 'fail_request', rules: { operator: 'AND' } }],
    });
  });

  test('a problem in a renamed key points to where it was written', () => {
    const text = `${least}keyword_rules:\n  - operator: OR\n    keywords: [x]\n    category: ''\n`;
    expect(told(text)).toEqual(['config.yaml:11: keyword_rules[0].category: is empty']);
  });
});

test('problems without end are counted, not told', () => {
  const rules = Array.from({ length: 300 }, () => '  - {name: a, operator: XOR, keywords: [x]}\n');
  const problems = told(`${least}keyword_rules:\n${rules.join('')}`);
  expect(problems).toHaveLength(201);
  expect(problems.at(-1)).toBe('config.yaml:1: 100 more problems are not shown');
});

const references = ['config.yaml', 'config.maas.yaml', 'config.hybrid.yaml'].map((name) =>
  readFileSync(new URL(name, import.meta.url), 'utf8'),
);

/** Whatever is accepted keeps every rule, and is accepted again as it came out. */
function isSound(text: string | Uint8Array): void {
  const result = parseConfig(text);
  for (const problem of [...result.warnings, ...(result.ok ? [] : result.problems)]) {
    expect(formatProblem(problem)).toMatch(/^config\.yaml:[1-9]\d*: ./);
    expect(formatProblem(problem)).not.toContain('\n');
  }
  if (!result.ok) {
    expect(result.problems.length).toBeGreaterThan(0);
    return;
  }
  expect(checkConfig(result.config)).toEqual([]);
  const again = parseConfig(JSON.stringify(result.config));
  expect(again.ok && again.config).toEqual(result.config);
}

describe('no input makes it throw', () => {
  test('bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), isSound), { numRuns: 300 });
  });

  test('text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), isSound), {
      numRuns: 300,
    });
  });

  test('the keys of the schema with values of any kind', () => {
    const names = [...keysOf(configJsonSchema())];
    const odd = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'type', '0', '<<'];
    const value = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.oneof(
          fc.constantFrom(null, true, false, 0, -1, 1.5, 8000, 1e300, '', 'a', 'auto', 'AND', 'OR'),
          fc.constantFrom('keyword', 'system_prompt', '127.0.0.1', '32K', '0.1', '\\b(', ...odd),
        ),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom(...names, ...odd), tie('node'), { maxKeys: 6 }),
      ),
    })).node;
    const file = fc.dictionary(fc.constantFrom(...names, ...odd), value, { maxKeys: 12 });
    fc.assert(
      fc.property(file, (fields) => {
        isSound(JSON.stringify(fields));
      }),
      { numRuns: 400 },
    );
  });

  test('the reference configurations with mistakes in them', () => {
    const edit = fc.record({
      at: fc.nat(20_000),
      length: fc.oneof(fc.constant(0), fc.nat(40)),
      text: fc.oneof(
        fc.constantFrom('', '\n', '  ', ': ', '- ', '&a ', '*a', '[', ']', '{', '}', '"', "'", '#'),
        fc.constantFrom('null', '-1', 'true', '.nan', '\t', '<<: ', '---\n', '|\n', '? ', '\\b('),
        fc.string({ maxLength: 5 }),
      ),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...references),
        fc.array(edit, { maxLength: 4 }),
        (text, edits) => {
          let mutated = text;
          for (const { at, length, text: inserted } of edits) {
            const place = at % (mutated.length + 1);
            mutated = mutated.slice(0, place) + inserted + mutated.slice(place + length);
          }
          isSound(mutated);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('the reference configurations with lines moved and lost', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...references),
        fc.array(fc.tuple(fc.nat(300), fc.nat(300)), { maxLength: 5 }),
        (text, moves) => {
          const lines = text.split('\n');
          for (const [from, to] of moves) {
            const taken = lines.splice(from % lines.length, 1);
            if (to % 3 > 0) lines.splice(to % lines.length, 0, ...taken);
          }
          isSound(lines.join('\n'));
        },
      ),
      { numRuns: 150 },
    );
  });
});

function* keysOf(schema: JsonSchema): Generator<string> {
  yield* Object.keys(schema.properties ?? {});
  const parts = [
    ...Object.values(schema.properties ?? {}),
    ...Object.values(schema.$defs ?? {}),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...(schema.items === undefined ? [] : [schema.items]),
    ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
  ];
  for (const part of parts) yield* keysOf(part);
}
