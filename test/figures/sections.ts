// The figures of the documents as Markdown: which document holds which, and what they say. Pure.
import { percent } from '../../dataplane/training/training.ts';
import { table } from '../bench/markdown.ts';
import type { OwnFigures, TierFigures } from './measure.ts';
import type { PersonaRates } from './read-card.ts';

/** By document, by name of the section. */
export type DocumentSections = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface SectionFacts {
  readonly figures: OwnFigures;
  /** Of prompts that are no part of the project, as the card of the head tells them. */
  readonly personas: PersonaRates;
  /** Of what the figures come from. */
  readonly digest: string;
}

export function documentSections({ digest, figures, personas }: SectionFacts): DocumentSections {
  const stamp = `<!-- npm run figures, from what has the digest ${digest} -->`;
  return {
    'signals.md': {
      personas: personasTable(personas),
      'own-sets': `${stamp}\n\n${ownSetsTable(figures)}`,
    },
    'personal-data.md': { types: typesTable(figures) },
    'semantic-cache.md': { settings: settingsTable(figures) },
  };
}

function ownSetsTable({ with: with_, without }: OwnFigures): string {
  const row = (
    [task, set]: readonly [string, string],
    tell: (figures: TierFigures) => string,
  ): string[] => [task, set, tell(with_), tell(without)];
  const { cache, domain, exam, jailbreak, pii } = with_;
  return table(
    ['task', 'set', 'with models', 'without'],
    [
      row(['domain', `\`domain.jsonl\`, ${domain.n}`], (tier) => domainCell(tier.domain)),
      row(['domain', `\`domain-exam.jsonl\`, ${exam.n}`], (tier) => domainCell(tier.exam)),
      row(
        ['jailbreak', `\`jailbreak.jsonl\`, ${jailbreak.n}`],
        ({ jailbreak: { true_positive_rate: found, false_positive_rate: alarms } }) =>
          `${percent(found)} of attacks found, ${percent(alarms)} false alarms on texts meant to be hard`,
      ),
      row(['pii', `\`pii.jsonl\`, ${pii.n}`], formsCell),
      row(
        ['cache', `\`cache.jsonl\`, ${cache.n} pairs`],
        ({ cache: { different, false_hit_rate: wrong, recall } }) =>
          `${percent(recall)} of paraphrases found, ${percent(wrong)} of ${different} hard pairs answered wrongly`,
      ),
    ],
  );
}

function domainCell(figures: TierFigures['domain']): string {
  const { accuracy, accuracy_at_threshold: sure, coverage, macro_f1, threshold } = figures;
  return `accuracy ${percent(accuracy)}, macro F1 ${percent(macro_f1)}; at confidence ${threshold}: ${percent(sure)} right of ${percent(coverage)} answered`;
}

/** Personal data that has a form, and names, which mostly have none. */
const forms: readonly (readonly [name: string, type: string])[] = [
  ['e-mail', 'EMAIL_ADDRESS'],
  ['card', 'CREDIT_CARD'],
  ['IBAN', 'IBAN_CODE'],
  ['SSN', 'US_SSN'],
  ['IP', 'IP_ADDRESS'],
  ['names', 'PERSON'],
];

function formsCell(tier: TierFigures): string {
  return forms.map(([name, type]) => `${name} ${recallAndPrecision(tier, type)}`).join(', ');
}

function recallAndPrecision({ pii: { types } }: TierFigures, type: string): string {
  const { precision = 0, recall = 0 } = types[type] ?? {};
  return `${recall.toFixed(2)} / ${precision.toFixed(2)}`;
}

const columns = [
  ...forms,
  ['phone', 'PHONE_NUMBER'],
  ['street address', 'STREET_ADDRESS'],
] as const satisfies typeof forms;

function typesTable({ with: with_, without }: OwnFigures): string {
  const row = (name: string, tier: TierFigures): string[] => [
    name,
    ...columns.map(([, type]) => recallAndPrecision(tier, type)),
  ];
  return table(
    ['set', ...columns.map(([name]) => name)],
    [
      row('own set (`dataplane/models/eval/pii.jsonl`), forms', without),
      row('own set, with the model', with_),
    ],
  );
}

/** What each setting lets differ, in its order. */
const lenience = [
  'small words and synonyms',
  'also the order of words where no part changes',
  'also additions and larger rewording',
  'anything near enough',
] as const;

function settingsTable({ cacheRows, with: { cache } }: OwnFigures): string {
  return table(
    [
      ...['`match`, `verifier`', 'lets differ'],
      `of ${cache.different} hard pairs, answered wrongly`,
      `of ${cache.same} paraphrases, answered`,
    ],
    cacheRows.map(({ answered, name, wrong }, index) => [
      ...[name, lenience[index] ?? '', String(wrong), String(answered)],
    ]),
  );
}

function personasTable({ attacks, harmless, lost, tiers }: PersonaRates): string {
  const cells = tiers.map(({ alarms, found }) => `${found} found, ${alarms} false alarms`);
  const thousands = harmless.toLocaleString('en-US');
  return table(
    ['jailbreak prompts', 'with models', 'without'],
    [
      [`${attacks} personas, ${thousands} role-play and ordinary ones, left out in turn`, ...cells],
      [
        'own attacks in zero-width, full-width, homoglyph, tag, base64',
        ...lost.map((points) => `at most ${points.toFixed(1)} points fewer are found`),
      ],
    ],
  );
}
