import { expect, test } from '@jest/globals';
import { formatFinding, formatPath, formatProblem, quote, type Path } from './problem.ts';

test.each<[Path, string]>([
  [[], ''],
  [['maas_integration', 'headers', 'prefix'], 'maas_integration.headers.prefix'],
  [['decisions', 2, 'rules', 'conditions', 0], 'decisions[2].rules.conditions[0]'],
  [['model_config', 'qwen3-8b', 'pricing'], 'model_config.qwen3-8b.pricing'],
  [['model_config', 'Qwen/Qwen3-8B', 'pricing'], 'model_config["Qwen/Qwen3-8B"].pricing'],
  [['model_config', 'a.b'], 'model_config["a.b"]'],
  [['model_config', ''], 'model_config[""]'],
  [['model_config', 'a\nb\u001b'], 'model_config["a\\nb\\u001b"]'],
  [['über'], 'über'],
  [['x'.repeat(200)], `["${'x'.repeat(128)}…"]`],
])('%j is written %s', (path, text) => {
  expect(formatPath(path)).toBe(text);
});

test('a problem is one line that editors can follow', () => {
  const problem = { file: 'config.yaml', line: 41, column: 5, path: 'a.b', message: 'is missing' };
  expect(formatProblem(problem)).toBe('config.yaml:41: a.b: is missing');
  expect(formatProblem({ ...problem, path: '' })).toBe('config.yaml:41: is missing');
});

test('a finding without a file tells the path', () => {
  expect(formatFinding({ path: ['a', 1], message: 'is missing' })).toBe('a[1]: is missing');
  expect(formatFinding({ path: [], message: 'is empty' })).toBe('is empty');
});

test('foreign text keeps to its line and its length', () => {
  expect(quote('a"b\nc')).toBe('"a\\"b\\nc"');
  expect(quote('\ud800')).toBe('"\\ud800"');
  expect(quote('abcdef', 3)).toBe('"abc…"');
});
