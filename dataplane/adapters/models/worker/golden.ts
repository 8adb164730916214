// Holds a model against the texts of which its directory says what it must make of them.
import type { Golden } from '../directory/manifest.ts';
import type { ModelDirectory } from '../directory/model-directory.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { Answer, JobMaker } from './job.ts';
import { cosine } from './numbers.ts';
import type { ModelSession } from './session.ts';

interface Parts {
  readonly tokenizer: Tokenizer;
  readonly session: ModelSession;
  readonly makeJob: JobMaker;
}

/** Rejects with a sentence that quotes the text and says what differs. */
export async function checkGolden(directory: ModelDirectory, parts: Parts): Promise<void> {
  for (const golden of directory.golden) {
    const { text, ids } = golden;
    const encoded = await parts.tokenizer.encode(text);
    const job = parts.makeJob(text, encoded);
    if (ids !== undefined && job.inputs.map((input) => input.join()).join(';') !== ids.join()) {
      throw mismatch(text, 'its tokens differ');
    }
    for (const [input, inputIds] of job.inputs.entries()) {
      const [output] = await parts.session.run([inputIds]);
      if (output !== undefined) job.take(input, output);
    }
    const difference = compare(golden, job.finish(), directory.labels);
    if (difference !== undefined) throw mismatch(text, difference);
  }
  if (directory.batchInvariant) await checkBatches(directory.golden, parts);
}

/** A text must give the same beside a longer one as it gives alone. */
async function checkBatches(
  golden: readonly Golden[],
  { tokenizer, session, makeJob }: Parts,
): Promise<void> {
  const texts: string[] = [];
  const inputs: Int32Array[] = [];
  for (const { text } of golden) {
    const [input] = makeJob(text, await tokenizer.encode(text)).inputs;
    // Short ones show it as well as long ones, and somebody waits for the model.
    if (input === undefined || input.length > 64) continue;
    texts.push(text);
    inputs.push(input);
  }
  if (inputs.length === 0) return;
  const together = await session.run(inputs);
  for (const [at, input] of inputs.entries()) {
    const [alone] = await session.run([input]);
    if (alone !== undefined && isNear(alone.data, together[at]?.data)) continue;
    throw mismatch(
      texts[at] ?? '',
      'it gives another answer beside other texts, although batchInvariant is said',
    );
  }
}

function isNear(one: Float32Array, other: Float32Array | undefined): boolean {
  return one.every((value, at) => Math.abs(value - (other?.[at] ?? NaN)) <= 1e-3);
}

function compare(golden: Golden, answer: Answer, labels: readonly string[]): string | undefined {
  switch (answer.kind) {
    case 'embedding': {
      if (golden.vector === undefined) return undefined;
      if (golden.vector.length !== answer.vector.length) return 'its vector has another length';
      const near = cosine(golden.vector, answer.vector) / Math.hypot(...golden.vector);
      return near >= 1 - golden.tolerance
        ? undefined
        : `its vector differs (cosine ${near.toFixed(4)})`;
    }
    case 'labels': {
      const { probabilities } = answer;
      const top = probabilities.indexOf(Math.max(...probabilities));
      if (golden.label !== undefined && labels[top] !== golden.label) {
        return `its label is ${labels[top] ?? 'none'}, not ${golden.label}`;
      }
      const off = Math.abs(
        (probabilities[top] ?? 0) - (golden.probability ?? probabilities[top] ?? 0),
      );
      return off <= golden.tolerance ? undefined : `its probability is off by ${off.toFixed(4)}`;
    }
    case 'spans': {
      if (golden.spans === undefined) return undefined;
      const show = (spans: NonNullable<Golden['spans']>): string =>
        spans.map(({ label, start, end }) => `${label} ${start}-${end}`).join(', ') || 'nothing';
      const found = show([...answer.spans]);
      const wanted = show(golden.spans);
      return found === wanted ? undefined : `it finds ${found}, not ${wanted}`;
    }
  }
}

function mismatch(text: string, difference: string): Error {
  return new Error(
    `the model does not answer as its golden texts say: for ${JSON.stringify(text.slice(0, 60))} ${difference}`,
  );
}
