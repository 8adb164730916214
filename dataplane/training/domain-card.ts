// The card of a head of the domain classifier: what it is, what it learned from, and how good it is.
import { createHash } from 'node:crypto';
import type { CategoryHead } from '../domain/category/category-head.ts';
import type { DomainFigures } from '../eval/domain-figures.ts';
import type { Corpus } from './domain-texts.ts';
import { markdownTable } from './markdown-table.ts';
import { percent } from './training.ts';

/** How one head does on one set. */
export interface DomainResult {
  /** Of what it was measured on. */
  readonly set: string;
  /** Where there is more than one to compare. */
  readonly head?: string;
  readonly n: number;
  /** With an embedding, and by words alone. */
  readonly blend: DomainFigures;
  readonly lexical: DomainFigures;
}

export interface DomainCard {
  readonly head: CategoryHead;
  /** Of the head's file. */
  readonly bytes: Uint8Array;
  readonly corpus: Corpus;
  /** Words of the embedding model's vocabulary whose meaning was learned. */
  readonly knownWords: number;
  /** Rows of the user that were learned from. */
  readonly userRows: number;
  /** On sets that nothing was learned from. */
  readonly judged: readonly DomainResult[];
}

/** Markdown; the same head and figures give the same text. */
export function domainCard(card: DomainCard): string {
  const { bytes, corpus, head, judged, knownWords, userRows } = card;
  const { blend, lexical } = head.sharpness;
  const fromUser = userRows === 0 ? '' : `, and ${userRows} rows of a set given to \`train\``;
  return [
    '# Head of the domain classifier',
    '',
    `- **What it tells:** one of ${head.labels.join(', ')}.`,
    `- **How:** two judges, both learned by least squares: one of hashed words, pairs and pieces of words, and one of the embedding, with a linear and a quadratic form for each label. Their scores, times ${factor(blend.words)} and ${factor(blend.meaning)}, are log odds. Without an embedding the words alone, times ${factor(lexical.words)}. The judge of words has also learned what the judge of the embedding says of ${knownWords} single words of the embedding model’s vocabulary.`,
    `- **Learned from:** ${corpus.texts.length} texts and terms written for this project (\`dataplane/models/corpus/category\`, Apache-2.0, SHA-256 of labels and texts \`${corpus.digest}\`)${fromUser}.`,
    `- **Embedding model:** \`${head.encoder}\`; with another one the words alone tell.`,
    `- **SHA-256:** \`${createHash('sha256').update(bytes).digest('hex')}\``,
    '',
    'Measured on sets of the project’s own making, which nothing was learned from. Whoever wrote the texts wrote these too, so strangers’ questions will do worse. `coverage` is the share of answers with a confidence of at least 0.5.',
    '',
    ...tableOf(judged),
    '',
    ...(userRows === 0 ? [] : [ofYourRows, '']),
    'Scripts other than Latin are not told apart: the classifier abstains. Languages other than English, German, French and Spanish are hardly in the texts.',
    '',
  ].join('\n');
}

const ofYourRows =
  'Every fifth of your rows was judged by a head that had learned the others. Where rows are much alike that flatters: a set of other texts (`eval --task domain --set`) tells more.';

function tableOf(results: readonly DomainResult[]): string[] {
  const compares = results.some(({ head }) => head !== undefined);
  const measures = ['n', 'model', 'accuracy', 'macro F1', 'coverage', 'accuracy among these'];
  const rows = results.flatMap((result) =>
    (['blend', 'lexical'] as const).map((tier) => {
      const { accuracy, accuracy_at_threshold, coverage, macro_f1 } = result[tier];
      return [
        result.set,
        ...(compares ? [result.head ?? ''] : []),
        String(result.n),
        tier === 'blend' ? 'with' : 'without',
        ...[accuracy, macro_f1, coverage, accuracy_at_threshold].map(percent),
      ];
    }),
  );
  return markdownTable([['set', ...(compares ? ['head'] : []), ...measures], ...rows]);
}

function factor(value: number): string {
  return value.toFixed(2);
}
