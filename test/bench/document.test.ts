import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fillSections } from './document.ts';
import type { Sections } from './report.ts';

const file = join(import.meta.dirname, '..', '..', 'docs', 'performance.md');

const sections: Sections = {
  run: 'facts',
  goals: 'goals',
  json: 'tables of JSON',
  sse: 'tables of streams',
  linear: 'tables of long streams',
  paired: 'pairs',
  memory: 'sizes',
  operator: 'the operator',
  signals: 'the signals',
};

describe('fillSections', () => {
  test('docs/performance.md has a place for every section, and filling it twice changes nothing', async () => {
    const once = fillSections(await readFile(file, 'utf8'), sections);
    for (const content of Object.values(sections)) expect(once).toContain(`\n\n${content}\n\n`);
    expect(fillSections(once, sections)).toBe(once);
  });

  test('keeps what stands outside of the markers', () => {
    const places = Object.keys(sections)
      .map((name) => `before ${name}\n<!-- bench:${name} -->old ${name}<!-- /bench:${name} -->`)
      .join('\n');
    const filled = fillSections(places, sections);
    expect(filled).toContain(
      'before goals\n<!-- bench:goals -->\n\ngoals\n\n<!-- /bench:goals -->',
    );
    expect(filled).not.toContain('old');
  });

  test('refuses a document without a place', () => {
    expect(() => fillSections('no markers', sections)).toThrow('bench:run');
  });
});
