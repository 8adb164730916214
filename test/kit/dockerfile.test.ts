import { describe, expect, test } from '@jest/globals';
import { dockerIgnores, parseDockerfile } from './dockerfile.ts';

describe('a Dockerfile', () => {
  test('is read with its arguments put in and its lines joined', () => {
    const source =
      '# why\nARG V=1\nFROM node:${V} AS one\n\nLABEL a="1" \\\n      b="2"\nARG W\nRUN x\n';
    expect(parseDockerfile(source)).toEqual([
      { keyword: 'FROM', text: 'node:1 AS one' },
      { keyword: 'LABEL', text: 'a="1" b="2"' },
      { keyword: 'RUN', text: 'x' },
    ]);
  });

  test('is refused where an argument has no value', () => {
    expect(() => parseDockerfile('FROM node:${V}\n')).toThrow('There is no ARG V');
  });
});

describe('a .dockerignore', () => {
  const isIgnored = dockerIgnores('*\n!cli.ts\n!config\n**/*.test.ts\n');

  test.each([
    ['cli.ts', false],
    ['config/schema/index.ts', false],
    ['config/schema/index.test.ts', true],
    ['secret.txt', true],
    ['node_modules/a/index.js', true],
    ['.git/config', true],
  ])('decides about %s by the last pattern that fits: %s', (path, ignored) => {
    expect(isIgnored(path)).toBe(ignored);
  });
});
