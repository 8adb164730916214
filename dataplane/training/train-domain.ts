// Trains the domain classifier: on the program's own texts, and on those of a user where there are any.
// The program's own texts count at least as much, since a head that has seen one kind of text alone
// knows little of others.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalLabel, domainLabels } from '../../config/domain-labels.ts';
import { writeCategoryHead, type CategoryHead } from '../domain/category/category-head.ts';
import { classifyCategory } from '../domain/category/classify-category.ts';
import { trainCategoryHead, type CategoryExample } from '../domain/category/train-category.ts';
import { isUnavailable } from '../domain/unavailable.ts';
import { domainFigures, type DomainFigures } from '../eval/domain-figures.ts';
import { domainLine, readSet } from '../eval/read-set.ts';
import { readOwnSet, readOwnTexts } from './own-texts.ts';
import { percent, type Training } from './training.ts';

const corpusLine = z.object({
  text: z.string(),
  register: z.enum(['exam', 'chat', 'code', 'terms']),
  language: z.string(),
});

/** A bare term says less than a sentence; in other languages there are few sentences beside them. */
const termWeight = 0.5;
const foreignTermWeight = 0.3;
const folds = 5;
const threshold = 0.5;

interface Labelled {
  readonly text: string;
  readonly label: string;
}

type Unembedded = Omit<CategoryExample, 'vector'>;

export const trainDomain: Training = async ({ embedAll, encoder, ownSet, say }) => {
  const corpus = await readCorpus();
  const own = ownSet === '' ? [] : readOwnRows(ownSet);
  const judged = {
    natural: await readOwnSet('eval/domain.jsonl', domainLine),
    exam: await readOwnSet('eval/domain-exam.jsonl', domainLine),
  };
  const total = corpus.reduce((sum, { weight }) => sum + weight, 0);
  const ownWeight = Math.min(1, total / Math.max(1, own.length));
  const rows = own.map((row): Unembedded => ({ ...row, weight: ownWeight, isRemembered: true }));
  const texts = [...corpus, ...own, ...judged.natural, ...judged.exam].map(({ text }) => text);
  const vectors = await embedAll(texts);
  const known = <Row extends { readonly text: string }>(list: readonly Row[]) =>
    list.flatMap((row) => {
      const vector = vectors.get(row.text);
      return vector === undefined ? [] : [{ ...row, vector }];
    });
  say(`learning from ${corpus.length} texts of the program and ${own.length} of yours`);
  const base = known(corpus);
  const added = known(rows);
  const head = trainCategoryHead([...base, ...added], encoder);
  const figuresOn = (list: readonly Labelled[], of: CategoryHead = head) => ({
    blend: figures(of, known(list), true),
    lexical: figures(of, known(list), false),
  });
  const results: Record<string, Both> = {
    'own questions': figuresOn(judged.natural),
    'own exam questions': figuresOn(judged.exam),
  };
  if (own.length > 0) {
    say('judging your rows by heads that have not seen them');
    results['your rows, left out in turn'] = crossValidate({ base, added, encoder });
  }
  const bytes = writeCategoryHead(head);
  return {
    fileName: 'category.head',
    head: bytes,
    card: card({ bytes, corpus, head, own, results }),
  };
};

async function readCorpus(): Promise<Unembedded[]> {
  const texts = await readOwnTexts('corpus/category', corpusLine);
  return texts.flatMap(({ file, line }): Unembedded[] => {
    const label = canonicalLabel(file);
    const { language, register, text } = line;
    if (register !== 'terms') return [{ text, label, weight: 1, isRemembered: true }];
    if (language !== 'en') {
      return [{ text, label, weight: foreignTermWeight, isRemembered: false }];
    }
    const framed = `Answer this question about ${text}.`;
    return [text, framed].map((one) => ({
      ...{ text: one, label, weight: termWeight },
      isRemembered: false,
    }));
  });
}

function readOwnRows(set: string): Labelled[] {
  const rows = readSet(set, domainLine).map(({ label, text }) => ({
    text,
    label: canonicalLabel(label),
  }));
  const unknown = rows.find(({ label }) => !domainLabels.some((one) => one === label));
  if (unknown === undefined) return rows;
  throw new Error(
    `the label ${JSON.stringify(unknown.label)} is none of ${domainLabels.join(', ')}`,
  );
}

interface Both {
  readonly blend: DomainFigures;
  readonly lexical: DomainFigures;
}

type Embedded = Labelled & { readonly vector: Float32Array };

function figures(
  head: CategoryHead,
  list: readonly Embedded[],
  withVector: boolean,
): DomainFigures {
  const outcomes = list.map(({ label, text, vector }) => {
    const answer = classifyCategory(head, text, withVector ? vector : undefined);
    return { label, answer: isUnavailable(answer) ? undefined : answer };
  });
  return domainFigures(outcomes, threshold);
}

function crossValidate(given: {
  readonly base: readonly CategoryExample[];
  readonly added: readonly CategoryExample[];
  readonly encoder: string;
}): Both {
  const { added, base, encoder } = given;
  const outcomes = (['blend', 'lexical'] as const).map((tier) => ({ tier, all: [] as Outcome[] }));
  for (let fold = 0; fold < folds; fold += 1) {
    const seen = added.filter((_, index) => index % folds !== fold);
    const left = added.filter((_, index) => index % folds === fold);
    const head = trainCategoryHead([...base, ...seen], encoder);
    for (const { all, tier } of outcomes) {
      for (const { label, text, vector } of left) {
        const answer = classifyCategory(head, text, tier === 'blend' ? vector : undefined);
        all.push({ label, answer: isUnavailable(answer) ? undefined : answer });
      }
    }
  }
  const [blend, lexical] = outcomes.map(({ all }) => domainFigures(all, threshold));
  if (blend === undefined || lexical === undefined) throw new Error('there are two tiers');
  return { blend, lexical };
}

type Outcome = Parameters<typeof domainFigures>[0][number];

function card(given: {
  readonly bytes: Uint8Array;
  readonly corpus: readonly Unembedded[];
  readonly head: CategoryHead;
  readonly own: readonly Labelled[];
  readonly results: Readonly<Record<string, Both>>;
}): string {
  const { bytes, corpus, head, own, results } = given;
  const digest = createHash('sha256').update(bytes).digest('hex');
  const rows = Object.entries(results).flatMap(([name, both]) =>
    (['blend', 'lexical'] as const).map((tier) => {
      const { accuracy, accuracy_at_threshold, coverage, macro_f1 } = both[tier];
      const cells = [accuracy, macro_f1, coverage, accuracy_at_threshold].map(percent);
      return `| ${name} | ${tier === 'blend' ? 'with' : 'without'} | ${cells.join(' | ')} |`;
    }),
  );
  return [
    '# Head of the domain classifier',
    '',
    `- **What it tells:** one of ${head.labels.join(', ')}.`,
    '- **How:** logistic regression on hashed words and pieces of words, logistic regression on the embedding, and the nearest of the texts that it remembers, put together. Without an embedding the words alone.',
    `- **Learned from:** ${corpus.length} texts and terms written for this project (\`dataplane/models/corpus/category\`, Apache-2.0)${own.length === 0 ? '' : `, and ${own.length} rows of a set given to \`train\``}.`,
    `- **Embedding model:** \`${head.encoder}\`; with another one the words alone tell.`,
    `- **SHA-256:** \`${digest}\``,
    '',
    'Sets of the project’s own making, which nothing was learned from; whoever wrote the texts wrote these too, so strangers’ questions will do worse. `coverage` is the share of answers with a confidence of at least 0.5.',
    '',
    '| set | model | accuracy | macro F1 | coverage | accuracy among these |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    'Scripts other than Latin are not told apart: the classifier abstains. Languages other than English, German, French and Spanish are hardly in the texts.',
    '',
  ].join('\n');
}
