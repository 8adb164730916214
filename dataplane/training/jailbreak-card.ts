// The card of a jailbreak head: what it is, what it learned from, and how good it is.
import { createHash } from 'node:crypto';
import { ratesOf, thresholds, type Rates, type ScoredText } from '../domain/jailbreak/rates.ts';
import { percent } from './training.ts';

export interface CardFacts {
  /** The head as a file. */
  readonly bytes: Uint8Array;
  /** Id of the embedding model. */
  readonly encoder: string;
  /** What was learned from, each text judged by a head that had not seen it. */
  readonly scored: readonly ScoredText[];
  /** What nothing was learned from. */
  readonly unseen: readonly ScoredText[];
  /** Whether a set was given beside the program's own texts. */
  readonly hasGiven: boolean;
}

/** Markdown. */
export function jailbreakCard({ bytes, encoder, hasGiven, scored, unseen }: CardFacts): string {
  const digest = createHash('sha256').update(bytes).digest('hex');
  const given = hasGiven
    ? ', and the set given to `train`: for the head that the program brings the prompts of jackhhao/llm-warden (train split without its duplicates in the test split, revision 7bfdc5a, MIT), whose text is not part of the project'
    : '';
  return [
    '# Head of the jailbreak detector',
    '',
    '- **What it tells:** how sure it is that a text tries to talk a model out of its instructions. It finds what is known; whoever looks for a way around it finds one. It is no boundary of security.',
    '- **How:** logistic regression on hashed words and pieces of words, and one on the embedding; the mean of their log odds, the highest of all windows. Rules are beside it. Without the embedding, words and rules alone, by a measure of their own.',
    `- **Learned from:** ${scored.length} texts: attacks and harmless texts written for this project (\`dataplane/models/corpus/jailbreak\`, Apache-2.0), questions of the domain corpus${given}.`,
    `- **Embedding model:** \`${encoder}\`; with another one the words alone tell.`,
    '- **What a score means:** at 0.7 three in four hundred harmless texts are wrongly over it by what was learned, the texts counted that were written to look like attacks.',
    '- **Languages:** English for the most part; some German, French, Spanish, Italian and Portuguese. In other scripts rules alone tell.',
    `- **SHA-256:** \`${digest}\``,
    '',
    '## A set that nothing was learned from',
    '',
    'Written by whoever wrote the texts, so strangers’ attacks will be found less often. Its harmless texts are meant to be hard; its attacks are short commands for the most part, in ten languages.',
    '',
    ...table(ratesOf(unseen)),
    '',
    '## What was learned from',
    '',
    'Each text is judged by a head that had not seen it, rules included. `harmless-…` are meant to be hard, `questions` are ordinary ones.',
    '',
    ...table(ratesOf(scored)),
    '',
  ].join('\n');
}

function table(rates: readonly Rates[]): string[] {
  const shares = (counts: readonly number[], whole: number): string =>
    whole === 0 ? '' : counts.map((count) => percent(count / whole)).join(' / ');
  const at = `at ${thresholds.join(' / ')}`;
  return [
    `| set | model | attacks | found ${at} | harmless | false alarms ${at} |`,
    '| --- | --- | --- | --- | --- | --- |',
    ...rates.map((one) => {
      const model = one.tier === 'blend' ? 'with' : 'without';
      const cells = [
        ...[one.set, model, one.attacks || '', shares(one.found, one.attacks)],
        ...[one.harmless || '', shares(one.alarms, one.harmless)],
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ];
}
