// The figures in the documents and in the cards of the heads are what `eval` gives now. Without the
// models this fails, by intention: run `npm run models`.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { modelsDataUrl } from '../../dataplane/adapters/models/data-files.ts';
import type { DomainFigures } from '../../dataplane/eval/domain-figures.ts';
import { aroundMarked } from '../bench/document.ts';
import { figuresDigest } from '../figures/digest.ts';
import { measureOwnSets, type OwnFigures } from '../figures/measure.ts';
import { atDefault, personaRates, rowsOfCard } from '../figures/read-card.ts';
import { documentSections } from '../figures/sections.ts';
import { silentLog } from '../kit/silent-log.ts';

/** Vectors differ in their last bits from one processor to another, and so may an answer or two. */
const leeway = { share: 0.02, percent: 2, count: 2 } as const;
const tiers = [
  ['with', 'with'],
  ['without', 'without'],
] as const;

const cardOf = (name: string): string => readFileSync(modelsDataUrl(`heads/${name}.md`), 'utf8');
const documentOf = (name: string): string =>
  readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

let figures: OwnFigures;
beforeAll(async () => {
  figures = await measureOwnSets(silentLog);
});

/** A table without its numbers and its widths. */
const words = (text: string): string =>
  text
    .replaceAll(/\d[\d.,]*/g, '#')
    .replaceAll(/ +/g, ' ')
    .replaceAll(/-+/g, '-')
    .trim();

/** Its numbers, with how far off each may be. */
function numbers(text: string): { readonly value: number; readonly leeway: number }[] {
  return [...text.matchAll(/(\d[\d.,]*)( %)?/g)].map(([, digits = '', unit]) => {
    const value = Number(digits.replaceAll(',', ''));
    if (unit !== undefined) return { value, leeway: leeway.percent };
    return { value, leeway: digits.includes('.') ? leeway.share : leeway.count };
  });
}

const places = [
  ['signals.md', 'personas'],
  ['signals.md', 'own-sets'],
  ['personal-data.md', 'types'],
  ['semantic-cache.md', 'settings'],
] as const;

describe('the documents', () => {
  test.each(places)('%s tells in %s what comes out now: else npm run figures', (name, section) => {
    const facts = { figures, personas: personaRates(cardOf('jailbreak')), digest: figuresDigest() };
    const made = documentSections(facts)[name]?.[section] ?? '';
    const told = aroundMarked(documentOf(name), `figures:${section}`).within;
    const withoutStamp = (text: string): string => text.replaceAll(/<!--.*-->/g, '');
    expect(words(withoutStamp(told))).toBe(words(withoutStamp(made)));
    const now = numbers(withoutStamp(made));
    for (const [index, { value }] of numbers(withoutStamp(told)).entries()) {
      const { leeway: most, value: due } = now[index] ?? { leeway: 0, value: NaN };
      expect([index, Math.abs(value - due) <= most, value, due]).toEqual([index, true, value, due]);
    }
  });

  test('were made of the sets, heads and models that are there: else npm run figures', () => {
    expect(documentOf('signals.md')).toContain(`the digest ${figuresDigest()} `);
  });

  test('have every section that is made, and no other', () => {
    const facts = { figures, personas: personaRates(cardOf('jailbreak')), digest: '' };
    const made = Object.entries(documentSections(facts)).flatMap(([name, sections]) =>
      Object.keys(sections).map((section) => [name, section]),
    );
    expect(made.sort()).toEqual(places.map((place) => [...place]).sort());
    const marked = places
      .map(([name]) => name)
      .flatMap((name) => [...documentOf(name).matchAll(/<!-- figures:(\S+) -->/g)]);
    expect(new Set(marked.map(([, section]) => section)).size).toBe(places.length);
  });
});

describe.each(['category', 'jailbreak'])('the card of the %s head', (name) => {
  test('is that of the head beside it', () => {
    const head = readFileSync(modelsDataUrl(`heads/${name}.head`));
    const digest = createHash('sha256').update(head).digest('hex');
    expect(cardOf(name)).toContain(`**SHA-256:** \`${digest}\``);
  });
});

/** `87.7 %` as a share. */
const shareOf = (cell: string | undefined): number => Number.parseFloat(cell ?? 'NaN') / 100;

function expectNear(told: number, now: number): void {
  expect([told, Math.abs(told - now) <= leeway.share, now]).toEqual([told, true, now]);
}

describe.each(tiers)('%s models', (model, tier) => {
  test.each([
    ['own questions', 'domain'],
    ['own exam questions', 'exam'],
  ] as const)('the card of the domain head tells of %s what eval gives', (set, task) => {
    const row = rowsOfCard(cardOf('category')).find(
      (one) => one['set'] === set && one['model'] === model,
    );
    const now: DomainFigures = figures[tier][task];
    expectNear(shareOf(row?.['accuracy']), now.accuracy);
    expectNear(shareOf(row?.['macro F1']), now.macro_f1);
    expectNear(shareOf(row?.['coverage']), now.coverage);
    expectNear(shareOf(row?.['accuracy among these']), now.accuracy_at_threshold);
  });

  test('the card of the jailbreak head tells of its own set what eval gives', () => {
    const row = rowsOfCard(cardOf('jailbreak')).find(
      (one) => one['set'] === 'own set' && one['model'] === model,
    );
    const now = figures[tier].jailbreak;
    expectNear(shareOf(atDefault(row ?? {}, 'found')), now.true_positive_rate);
    expectNear(shareOf(atDefault(row ?? {}, 'false alarms')), now.false_positive_rate);
    expect([Number(row?.['attacks']), Number(row?.['harmless'])]).toEqual([
      ...[now.positives, now.negatives],
    ]);
  });
});
