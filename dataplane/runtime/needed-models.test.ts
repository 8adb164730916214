import { expect, test } from '@jest/globals';
import { testConfig } from '../../test/kit/exchange.ts';
import { compileRuntime } from './compile.ts';
import { neededModels } from './needed-models.ts';

const needs = (sections: object): string[] => {
  const config = testConfig(sections);
  return [...neededModels(compileRuntime({ config, hash: 'h', loadedAtMs: 0 }))].toSorted();
};
const decision = (more: object): object => ({
  decisions: [
    {
      name: 'd',
      rules: { operator: 'AND', conditions: [] },
      modelRefs: [{ model: 'big' }],
      ...more,
    },
  ],
});

test.each<[string, object, readonly string[]]>([
  ['keywords alone', {}, []],
  [
    'a domain',
    {
      categories: [{ name: 'math' }],
      ...decision({ rules: { operator: 'OR', conditions: [{ type: 'domain', name: 'math' }] } }),
    },
    ['embedding'],
  ],
  ['a domain that no decision asks for', { categories: [{ name: 'math' }] }, []],
  ['a global guard', { prompt_guard: { enabled: true } }, ['embedding']],
  [
    'the plugin of a decision',
    decision({ plugins: [{ type: 'pii', configuration: {} }] }),
    ['pii'],
  ],
  ['the cache', { semantic_cache: { enabled: true } }, ['embedding']],
])('%s', (_, sections, expected) => {
  expect(needs(sections)).toEqual(expected);
});
