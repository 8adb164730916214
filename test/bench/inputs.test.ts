// What the benchmark feeds in must be what the document says it is.
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { checkConfig } from '../../config/check.ts';
import { parseConfig } from '../../config/parse.ts';
import { chatBody, question, variants } from './chat-body.ts';
import { parseOptions } from './options.ts';
import { planOf } from './plan.ts';
import { buildRouterConfig } from './router-config.ts';
import { phrases, topics } from './topics.ts';

const numbers = Array.from({ length: variants }, (_, variant) => variant);

const chatSchema = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
});

const turnsOf = (bytes: number, variant: number) =>
  chatSchema.parse(JSON.parse(chatBody({ bytes, stream: false, variant }).toString())).messages;

function occurs(keyword: string, text: string, caseSensitive: boolean): boolean {
  const source = `\\b${keyword}\\b`;
  return new RegExp(source, caseSensitive ? '' : 'i').test(text);
}

/** Topics whose rule holds for a text. */
const topicsIn = (text: string): string[] =>
  topics
    .filter((topic) => {
      const hits = topic.keywords.filter((word) =>
        occurs(word, text, topic.caseSensitive ?? false),
      );
      return topic.all === true ? hits.length === topic.keywords.length : hits.length > 0;
    })
    .map((topic) => topic.name);

describe('chatBody', () => {
  test.each([2_000, 20_000, 220_000])('has the size asked for: %d', (bytes) => {
    for (const variant of numbers) {
      const length = chatBody({ bytes, stream: true, variant }).length;
      expect(length).toBeLessThanOrEqual(bytes);
      expect(length).toBeGreaterThan(bytes * 0.99);
    }
  });

  test('holds the keywords of exactly one rule, at the very end of the last user turn', () => {
    for (const variant of numbers) {
      const turns = turnsOf(20_000, variant);
      const last = turns.at(-1);
      expect(last?.role).toBe('user');
      const prose = last?.content.slice(0, -question(variant).length) ?? '';
      expect(last?.content).toBe(prose + question(variant));
      expect(topicsIn(prose)).toEqual([]);
      expect(topicsIn(last?.content ?? '')).toHaveLength(1);
    }
  });

  test('asks for different decisions', () => {
    const asked = numbers.map((variant) => topicsIn(question(variant))[0]);
    expect(new Set(asked).size).toBe(variants);
  });

  test('has newlines, quotes and letters beyond Latin-1, as prompts do', () => {
    const body = chatBody({ bytes: 2_000, stream: false, variant: 0 }).toString();
    expect(body).toMatch(/\\n/);
    expect(body).toMatch(/\\"/);
    expect(body).toMatch(/[\u0100-\uffff]/);
  });
});

describe('buildRouterConfig', () => {
  const build = (rules: 20 | 200) =>
    buildRouterConfig({ maas: true, rules, backendPort: 8000, ledgerDirectory: '/tmp/ledger' });

  test.each([20, 200] as const)('is valid and names only what exists: %d rules', (rules) => {
    const parsed = parseConfig(JSON.stringify(build(rules)));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    expect(parsed.warnings).toEqual([]);
    expect(checkConfig(parsed.config)).toEqual([]);
    expect(parsed.config.keyword_rules).toHaveLength(rules);
    const names = new Set(parsed.config.keyword_rules.map((rule) => rule.name));
    const referred = parsed.config.decisions.flatMap((decision) =>
      decision.rules.conditions.map((condition) => ('name' in condition ? condition.name : '')),
    );
    // Every rule takes part in some decision, so none is skipped as unused.
    expect(new Set(referred)).toEqual(names);
  });

  test('the further rules change no decision: their words occur in no prompt', () => {
    const text = numbers
      .map((variant) => JSON.stringify(turnsOf(220_000, variant)))
      .join('\n')
      .toLowerCase();
    expect(phrases.filter((phrase) => text.includes(phrase))).toEqual([]);
    expect(new Set(phrases).size).toBe(phrases.length);
  });
});

describe('options', () => {
  test('writing needs whole sections', () => {
    expect(() => parseOptions(['--write', '--quick'])).toThrow('whole sections');
    expect(() => parseOptions(['--write', '--only=json'])).toThrow('whole sections');
    expect(() => parseOptions(['--write', '--only=json,operator'])).toThrow('whole sections');
    expect(parseOptions(['--write']).write).toBe(true);
    expect(parseOptions(['--write', '--only=operator']).write).toBe(true);
    expect(parseOptions(['--write', '--only=signals,operator']).write).toBe(true);
    expect(() => parseOptions(['--write', '--only=signals,json'])).toThrow('whole sections');
  });

  test('unknown names and senseless numbers are refused', () => {
    expect(() => parseOptions(['--only=json,nope'])).toThrow('nope is none of');
    expect(() => parseOptions(['--rounds=0'])).toThrow('positive');
    expect(() => parseOptions(['--seconds=x'])).toThrow('positive');
  });

  test('operator and signals alone need none of the contestants', () => {
    expect(planOf(parseOptions(['--only=operator,signals']))).toEqual([]);
  });

  test('a pair is measured only when both are wanted', () => {
    const names = (list: string) =>
      planOf(parseOptions([`--contestants=${list}`])).map((part) => part.name);
    expect(names('maas,standalone')).toContain('maas');
    expect(names('maas')).not.toContain('maas');
  });
});
