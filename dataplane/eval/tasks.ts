// What can be evaluated: for each task what a line of a set is, how it is answered, and the figures.
// A line is answered as the router would answer it, by the same analysers.
import type { z } from 'zod';
import { matchPrompts } from '../domain/cache/match-prompts.ts';
import { isUnavailable } from '../domain/unavailable.ts';
import type { Analysers, EmbedText, Embedding } from '../ports.ts';
import { cacheFigures, jailbreakFigures, type YesOrNo } from './detection-figures.ts';
import { domainFigures, type DomainOutcome } from './domain-figures.ts';
import { latencyFigures, type LatencyFigures } from './latency.ts';
import { cacheLine, domainLine, jailbreakLine, piiLine, readLine } from './read-set.ts';
import type { SetLine } from './set-lines.ts';
import { SetProblem } from './set-problem.ts';
import { spanFigures, type SpanOutcome } from './span-figures.ts';

export interface Evaluation {
  readonly analysers: Analysers;
  /** Smallest confidence that counts; the task's own when undefined. */
  readonly threshold: number | undefined;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Called after each line with the number of lines that are done. */
  readonly onProgress: (done: number) => void;
}

export type Figures = LatencyFigures & Readonly<Record<string, unknown>>;

/** Both reject with a SetProblem where a line is not made for the task, and where there is none. */
export interface Task {
  /** Resolves with the number of lines; nothing is answered. */
  readonly check: (lines: AsyncIterable<SetLine>) => Promise<number>;
  /** Answers line after line; no more than one is held. */
  readonly run: (lines: AsyncIterable<SetLine>, evaluation: Evaluation) => Promise<Figures>;
}

/** Where the router itself begins to believe a classifier or detector. */
const defaultThresholds = { domain: 0.5, jailbreak: 0.7, pii: 0.7, cache: 0.9 } as const;
/** What a busy machine delays is no fault of a classifier: how long it took is a figure of its own. */
export const patience = { deadlineMs: 60_000 } as const;
/** Longer prompts are not compared by meaning. */
const maxComparedTokens = 128;

export const tasks = {
  domain: task(domainLine, {
    answer: async ({ text, label }, { analysers }, embed): Promise<DomainOutcome> => {
      const answer = await analysers.categories?.classify(text, embed);
      const isKnown = answer !== undefined && !isUnavailable(answer);
      return { label, answer: isKnown ? answer : undefined };
    },
    figures: (outcomes, { threshold = defaultThresholds.domain }) =>
      domainFigures(outcomes, threshold),
  }),

  jailbreak: task(jailbreakLine, {
    answer: async (line, evaluation, embed): Promise<YesOrNo> => {
      const { analysers, threshold = defaultThresholds.jailbreak } = evaluation;
      const texts = [{ text: line.text, source: 'user' as const }];
      const finding = await analysers.jailbreak?.detect(texts, embed);
      const isKnown = finding !== undefined && !isUnavailable(finding);
      return { is: line.label, said: isKnown && finding.score >= threshold };
    },
    figures: (outcomes) => jailbreakFigures(outcomes),
  }),

  pii: task(piiLine, {
    answer: async ({ text, spans }, evaluation): Promise<SpanOutcome> => {
      const { analysers, threshold = defaultThresholds.pii } = evaluation;
      const finding = await analysers.pii?.find([text]);
      const found = finding === undefined || isUnavailable(finding) ? [] : finding.spans.flat();
      return { labelled: spans, found: found.filter(({ score }) => score >= threshold) };
    },
    figures: (outcomes) => ({ types: spanFigures(outcomes) }),
  }),

  cache: task(cacheLine, {
    answer: async ({ a, b, same }, { threshold }, embed): Promise<YesOrNo> => ({
      is: same,
      said: await answersBoth([a, b], threshold, embed),
    }),
    figures: (outcomes) => cacheFigures(outcomes),
  }),
} as const;

/** Whether one prompt would be given the answer to the other, as the cache decides by default. */
async function answersBoth(
  [one, other]: readonly [string, string],
  threshold: number | undefined,
  embed: EmbedText,
): Promise<boolean> {
  const similarity = await similarityOf(one, other, embed);
  const match = matchPrompts(
    { one, other, similarity },
    { mode: 'semantic', threshold: threshold ?? defaultThresholds.cache, verifier: 'strict' },
  );
  return match !== undefined;
}

/** The cosine; undefined where there is none, or where the cache would not compare one of the two. */
export async function similarityOf(
  one: string,
  other: string,
  embed: EmbedText,
): Promise<number | undefined> {
  const [a, b] = [await embed(one), await embed(other)];
  if (isUnavailable(a) || isUnavailable(b) || !isComparable(a) || !isComparable(b)) {
    return undefined;
  }
  return a.vector.reduce((sum, value, at) => sum + value * (b.vector[at] ?? 0), 0);
}

function isComparable({ tokens, truncated, unknownTokens }: Embedding): boolean {
  return !truncated && unknownTokens === 0 && tokens <= maxComparedTokens;
}

export type TaskName = keyof typeof tasks;

/** A task whose lines are answered one after the other, so that latency is that of one. */
function task<Line extends z.ZodType, Outcome>(
  line: Line,
  parts: {
    readonly answer: (
      line: z.output<Line>,
      evaluation: Evaluation,
      embed: EmbedText,
    ) => Promise<Outcome>;
    readonly figures: (outcomes: readonly Outcome[], evaluation: Evaluation) => object;
  },
): Task {
  return {
    check: async (lines) => {
      let count = 0;
      for await (const one of lines) {
        readLine(one, line);
        count += 1;
      }
      if (count === 0) throw new SetProblem('the set is empty');
      return count;
    },
    run: async (lines, evaluation) => {
      const { embedder } = evaluation.analysers;
      const embed: EmbedText = (text) =>
        embedder?.embed(text, patience) ?? Promise.resolve({ unavailable: 'absent' });
      const outcomes: Outcome[] = [];
      const milliseconds: number[] = [];
      for await (const one of lines) {
        const read = readLine(one, line);
        const begun = evaluation.now();
        outcomes.push(await parts.answer(read, evaluation, embed));
        milliseconds.push(evaluation.now() - begun);
        evaluation.onProgress(outcomes.length);
      }
      if (outcomes.length === 0) throw new SetProblem('the set is empty');
      return { ...parts.figures(outcomes, evaluation), ...latencyFigures(milliseconds) };
    },
  };
}
