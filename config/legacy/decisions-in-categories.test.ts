import { describe, expect, test } from '@jest/globals';
import { formatProblem, parseConfig } from '../parse.ts';

const head = `default_model: small
vllm_endpoints:
  - {name: one, address: 127.0.0.1, port: 8000}
  - {name: two, address: 127.0.0.1, port: 8001}
`;
const older = `${head}reasoning_families:
  qwen3: {type: chat_template_kwargs, parameter: enable_thinking}
model_config:
  small:
    preferred_endpoints: [one]
    reasoning_family: qwen3
    pii_policy:
      allow_by_default: true
  large:
    preferred_endpoints: [two]
    reasoning_family: qwen3
    pii_policy:
      allow_by_default: false
      pii_types_allowed: [EMAIL_ADDRESS]
categories:
  - name: math
    description: Numbers
    mmlu_categories: [math]
    system_prompt: Show each step.
    system_prompt_mode: insert
    semantic_cache_enabled: false
    model_scores:
      - {model: small, score: 0.5, use_reasoning: false}
      - {model: large, score: 1.0, use_reasoning: true}
  - name: law
    system_prompt: Cite the law.
    system_prompt_enabled: false
    jailbreak_enabled: true
    jailbreak_threshold: 0.6
    pii_enabled: true
    semantic_cache_enabled: true
    semantic_cache_similarity_threshold: 0.9
    use_reasoning: true
    reasoning_effort: high
    model_scores:
      - {model: small, score: 0.5}
  - name: other
`;

test('each category with models becomes a category and a decision', () => {
  const result = parseConfig(older);
  expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([]);
  expect(result.ok && result.config.categories).toEqual([
    { name: 'math', description: 'Numbers', mmlu_categories: ['math'] },
    { name: 'law', mmlu_categories: [] },
    { name: 'other', mmlu_categories: [] },
  ]);
  expect(result.ok && result.config.decisions).toEqual([
    {
      name: 'math',
      priority: 0,
      on_unknown: 'no_match',
      rules: { operator: 'AND', conditions: [{ type: 'domain', name: 'math' }] },
      modelRefs: [
        { model: 'large', use_reasoning: true },
        { model: 'small', use_reasoning: false },
      ],
      plugins: [
        {
          type: 'system_prompt',
          configuration: { enabled: true, system_prompt: 'Show each step.', mode: 'insert' },
        },
        { type: 'semantic-cache', configuration: { enabled: false } },
        {
          type: 'pii',
          configuration: {
            enabled: true,
            pii_types_allowed: ['EMAIL_ADDRESS'],
            action: 'block',
            restore: false,
            on_unknown: 'allow',
          },
        },
      ],
    },
    {
      name: 'law',
      priority: 0,
      on_unknown: 'no_match',
      rules: { operator: 'AND', conditions: [{ type: 'domain', name: 'law' }] },
      modelRefs: [{ model: 'small', use_reasoning: true, reasoning_effort: 'high' }],
      plugins: [
        {
          type: 'system_prompt',
          configuration: { enabled: false, system_prompt: 'Cite the law.', mode: 'replace' },
        },
        { type: 'semantic-cache', configuration: { enabled: true, similarity_threshold: 0.9 } },
        { type: 'jailbreak', configuration: { enabled: true, threshold: 0.6 } },
        {
          type: 'pii',
          configuration: {
            enabled: true,
            pii_types_allowed: [],
            action: 'block',
            restore: false,
            on_unknown: 'allow',
          },
        },
      ],
    },
  ]);
});

describe('problems point to where things were written', () => {
  test.each([
    [
      'model: large, score: 1.0',
      'model: lage, score: 1.0',
      '28: categories[0].model_scores[1].model: "lage" is not in `model_config`; did you mean "large"?',
    ],
    [
      'name: law',
      'name: pinned',
      '29: categories[1].name: "pinned" is taken: it stands for requests that named their model',
    ],
    [
      'jailbreak_threshold: 0.6',
      'jailbreak_threshold: 6',
      '33: categories[1].jailbreak_threshold: must be at most 1',
    ],
    [
      'system_prompt_mode: insert',
      'system_prompt_mode: append',
      '24: categories[0].system_prompt_mode: must be one of replace, insert, not the text "append"',
    ],
    [
      'semantic_cache_enabled: false',
      'semantic_cache_enabled: off',
      '25: categories[0].semantic_cache_enabled: must be true or false, not the text "off"',
    ],
    [
      'reasoning_effort: high',
      'reasoning_effort: max',
      '38: categories[1].reasoning_effort: must be one of minimal, low, medium, high, not the text "max"',
    ],
  ])('%s', (right, wrong, problem) => {
    const result = parseConfig(older.replace(right, wrong));
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([`config.yaml:${problem}`]);
  });
});

test('the oldest files list models at their endpoints', () => {
  const text = `default_model: small
vllm_endpoints:
  - {name: one, address: 127.0.0.1, port: 8000, models: [small, large]}
  - {name: two, address: 127.0.0.1, port: 8001, models: [large]}
model_config:
  small:
categories:
  - name: math
    model_scores: [{model: large, score: 1}]
`;
  const result = parseConfig(text);
  expect(result.ok && result.config.model_config).toMatchObject({
    small: { preferred_endpoints: ['one'] },
    large: { preferred_endpoints: ['one', 'two'] },
  });
});

test('a file with decisions keeps its categories', () => {
  const text = `${head}model_config: {small: {}}
decisions: []
categories:
  - name: math
    model_scores: [{model: small, score: 1}]
`;
  const result = parseConfig(text);
  expect(result.ok && result.config.decisions).toEqual([]);
  expect(result.warnings.map(formatProblem)).toEqual([
    'config.yaml:9: categories[0].model_scores: is ignored beside `decisions`: their `modelRefs` say which model answers',
  ]);
});
