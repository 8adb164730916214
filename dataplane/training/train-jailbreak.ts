// Trains the jailbreak head: on the program's own texts, and on a set of attacks and harmless prompts,
// without which it knows too little of how people play roles.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { trainJailbreak as train, type MeasuredRates } from '../domain/jailbreak/cross-validate.ts';
import { examineTexts } from '../domain/jailbreak/examine.ts';
import { writeJailbreakHead } from '../domain/jailbreak/head-file.ts';
import { openHead, type JailbreakHead } from '../domain/jailbreak/head.ts';
import { scoreExamination } from '../domain/jailbreak/score.ts';
import { trainingWindows, type JailbreakExample } from '../domain/jailbreak/train.ts';
import { jailbreakFigures, type JailbreakFigures } from '../eval/detection-figures.ts';
import { jailbreakLine, readSet } from '../eval/read-set.ts';
import { readOwnSet, readOwnTexts } from './own-texts.ts';
import { percent, type Training } from './training.ts';

const attackLine = z.object({
  text: z.string(),
  label: z.boolean(),
  source: z.enum(['user', 'tool']).optional(),
});
const promptLine = z.object({ text: z.string(), register: z.string() });

/** Ordinary questions are many and easy: each counts less than a text written to be hard. */
const questionWeight = 0.5;
const ownWeight = 1.5;
const givenSet = 'the given set';

export const trainJailbreak: Training = async ({ embedAll, encoder, ownSet, say }) => {
  const examples = [...readGiven(ownSet), ...(await readOwn()), ...(await readQuestions())];
  const judged = await readOwnSet('eval/jailbreak.jsonl', jailbreakLine);
  const windows = [...examples, ...judged].flatMap(({ text }) => [text, ...trainingWindows(text)]);
  const vectors = await embedAll(windows);
  const known = examples.filter(({ text }) =>
    trainingWindows(text).every((window) => vectors.has(window)),
  );
  const dimensions = vectors.values().next().value?.length ?? 0;
  say(`learning from ${known.length} texts, each judged by a head that has not seen it`);
  const { head, measured } = train({ examples: known, vectors, encoder, dimensions });
  const bytes = writeJailbreakHead(head);
  const figures = await judge(head, judged, embedAll);
  return {
    fileName: 'jailbreak.head',
    head: bytes,
    card: card({ bytes, head, measured, figures, count: known.length }),
  };
};

function readGiven(set: string): JailbreakExample[] {
  if (set === '') return [];
  return readSet(set, attackLine).map(({ label, text }) => ({ text, label, set: givenSet }));
}

async function readOwn(): Promise<JailbreakExample[]> {
  const texts = await readOwnTexts('corpus/jailbreak', attackLine);
  return texts.map(({ line: { label, source = 'user', text } }) => ({
    ...{ text, label, source },
    weight: ownWeight,
    set: label ? 'own attacks' : 'own harmless texts',
  }));
}

async function readQuestions(): Promise<JailbreakExample[]> {
  const texts = await readOwnTexts('corpus/category', promptLine);
  return texts.flatMap(({ line: { register, text } }) =>
    register === 'terms' ? [] : [{ text, label: false, weight: questionWeight, set: 'questions' }],
  );
}

interface Both {
  readonly blend: JailbreakFigures;
  readonly lexical: JailbreakFigures;
}

const threshold = 0.7;

/** As the router judges: what the words find suspicious is embedded, and nothing else. */
async function judge(
  head: JailbreakHead,
  lines: readonly z.output<typeof jailbreakLine>[],
  embedAll: Parameters<Training>[0]['embedAll'],
): Promise<Both> {
  const opened = { head, reader: openHead(head) };
  const examined = lines.map(({ label, text }) => ({
    is: label,
    examination: examineTexts(opened.reader, [{ text, source: 'user' }]),
  }));
  const vectors = await embedAll(examined.flatMap(({ examination }) => examination.toEmbed));
  const figuresOf = (withVectors: boolean): JailbreakFigures =>
    jailbreakFigures(
      examined.map(({ examination, is }) => {
        const own = examination.toEmbed.map((text) => vectors.get(text));
        const { score } = scoreExamination(opened, examination, withVectors ? own : []);
        return { is, said: score >= threshold };
      }),
    );
  return { blend: figuresOf(true), lexical: figuresOf(false) };
}

function card(given: {
  readonly bytes: Uint8Array;
  readonly head: JailbreakHead;
  readonly measured: readonly MeasuredRates[];
  readonly figures: Both;
  readonly count: number;
}): string {
  const { bytes, count, figures, head, measured } = given;
  const digest = createHash('sha256').update(bytes).digest('hex');
  const share = (part: number, whole: number): string =>
    whole === 0 ? '' : `${percent(part / whole)} of ${whole}`;
  const tierName = { blend: 'with', lexical: 'without' } as const;
  const folds = measured.map(
    ({ alarms, attacks, found, harmless, set, threshold: at, tier }) =>
      `| ${set} | ${tierName[tier]} | ${at} | ${share(found, attacks)} | ${share(alarms, harmless)} |`,
  );
  const own = (['blend', 'lexical'] as const).map((tier) => {
    const { false_positive_rate, negatives, positives, true_positive_rate } = figures[tier];
    const found = `${percent(true_positive_rate)} of ${positives}`;
    const alarms = `${percent(false_positive_rate)} of ${negatives}`;
    return `| own set | ${tierName[tier]} | ${threshold} | ${found} | ${alarms} |`;
  });
  const usesGiven = measured.some(({ set }) => set === givenSet);
  return [
    '# Head of the jailbreak detector',
    '',
    '- **What it tells:** how sure it is that a text tries to talk a model out of its instructions. It finds what is known; whoever looks for a way around it finds one.',
    '- **How:** logistic regression on hashed words and pieces of words, and one on the embedding; the mean of their log odds, the highest of all windows. Rules are beside it.',
    `- **Learned from:** ${count} texts: attacks and harmless texts written for this project (\`dataplane/models/corpus/jailbreak\`, Apache-2.0), questions of the domain corpus${usesGiven ? ', and the prompts of jackhhao/llm-warden (train split, revision 7bfdc5a, MIT), whose text is not part of the project' : ''}.`,
    `- **Embedding model:** \`${head.encoder}\`; with another one the words alone tell.`,
    `- **SHA-256:** \`${digest}\``,
    '',
    'The first rows are of a set that nothing was learned from, as the router judges. The others are of texts that were learned from, each judged by a head that had not seen it, rules included.',
    '',
    '| set | model | threshold | attacks found | false alarms |',
    '| --- | --- | --- | --- | --- |',
    ...own,
    ...folds,
    '',
  ].join('\n');
}
