// What this part feeds in must be what the document says it is.
import { describe, expect, test } from '@jest/globals';
import { checkConfig } from '../../../config/check.ts';
import { parseConfig } from '../../../config/parse.ts';
import { splitCores } from './pinning.ts';
import { differentPrompts, longPrompt, promptBody, shortPrompt } from './prompts.ts';
import { buildSignalsConfig, type SignalSetup } from './signals-config.ts';

describe('prompts', () => {
  test('no two are alike', () => {
    const prompts = Array.from({ length: differentPrompts }, (_, number) =>
      shortPrompt(number).replaceAll(/\d+/g, ''),
    );
    // What differs is more than a number.
    expect(new Set(prompts).size).toBeGreaterThan(differentPrompts * 0.9);
  });

  test('one in four holds an address to mask', () => {
    const found = Array.from({ length: 400 }, (_, number) => shortPrompt(number)).filter((prompt) =>
      prompt.includes('@example.com'),
    );
    expect(found).toHaveLength(100);
  });

  test('a short one is short and a long one is many times as long', () => {
    const words = (text: string): number => text.split(/\s+/).length;
    expect(words(shortPrompt(5))).toBeGreaterThan(40);
    expect(words(shortPrompt(5))).toBeLessThan(64);
    expect(words(longPrompt(5))).toBeGreaterThan(700);
    expect(JSON.parse(promptBody('auto', 'a "b"'))).toMatchObject({
      model: 'auto',
      messages: [{ role: 'user', content: 'a "b"' }],
    });
  });
});

describe('configurations', () => {
  const parse = (setup: SignalSetup) => {
    const config = buildSignalsConfig({ setup, backendPort: 8000, ledgerDirectory: '/ledger' });
    const parsed = parseConfig(JSON.stringify(config));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    expect(checkConfig(parsed.config)).toEqual([]);
    return parsed.config;
  };

  test.each(['none', 'cache', 'all'] as const)('are valid: %s', (setup) => {
    expect(parse(setup).decisions.at(-1)?.rules.conditions).toEqual([]);
  });

  test('all signals are asked for, and every decision guards and caches', () => {
    const { decisions } = parse('all');
    const kinds = decisions.flatMap(({ rules }) =>
      rules.conditions.map((condition) => ('type' in condition ? condition.type : '')),
    );
    expect(kinds.toSorted()).toEqual([
      'complexity',
      'context',
      'domain',
      'embedding',
      'jailbreak',
      'keyword',
      'language',
      'pii',
      'structure',
    ]);
    for (const { plugins } of decisions) {
      expect(plugins.map(({ type }) => type)).toEqual(['jailbreak', 'pii', 'semantic-cache']);
    }
  });
});

describe('splitCores', () => {
  test('gives the first core to the router and the others to all others', () => {
    expect(splitCores('0-1\n')).toEqual({ router: 0, others: [1] });
    expect(splitCores('2,4-6')).toEqual({ router: 2, others: [4, 5, 6] });
  });

  test('splits no single core, and nothing that is no list', () => {
    expect(splitCores('3')).toBeUndefined();
    expect(splitCores('')).toBeUndefined();
  });
});
