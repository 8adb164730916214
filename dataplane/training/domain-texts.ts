// The texts that the domain classifier learns from.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalLabel } from '../../config/domain-labels.ts';
import { readOwnTexts } from './own-texts.ts';

export interface LabelledText {
  readonly text: string;
  readonly label: string;
}

export interface CorpusText extends LabelledText {
  readonly register: 'exam' | 'chat' | 'code' | 'terms';
  readonly language: string;
  /** How much it counts in learning. */
  readonly weight: number;
}

export interface Corpus {
  readonly texts: readonly CorpusText[];
  /** SHA-256 of all labels and texts. */
  readonly digest: string;
}

const corpusLine = z.object({
  text: z.string(),
  register: z.enum(['exam', 'chat', 'code', 'terms']),
  language: z.string(),
});

/** A bare term says less than a sentence. */
const termWeight = 0.5;

export async function readCorpus(): Promise<Corpus> {
  const texts = (await readOwnTexts('corpus/category', corpusLine)).map(({ file, line }) => ({
    ...line,
    label: canonicalLabel(file),
    weight: line.register === 'terms' ? termWeight : 1,
  }));
  const hash = createHash('sha256');
  for (const { label, text } of texts) hash.update(`${label}\n${text}\n`);
  return { texts, digest: hash.digest('hex') };
}

/** At most `most` of the rows, evenly from all of the list. */
export function thinOut<Row>(rows: readonly Row[], most: number): readonly Row[] {
  if (rows.length <= most) return rows;
  return Array.from(
    { length: most },
    (_, index) => rows[Math.floor((index * rows.length) / most)] as Row,
  );
}
