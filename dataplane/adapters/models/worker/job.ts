// One text on its way through a model: inputs to compute, and what to make of the outputs. Pure.
import type { TaggedSpan } from '../../../ports.ts';
import type { ModelDirectory } from '../directory/model-directory.ts';
import type { Encoded, Tokenizer } from '../tokenizer/tokenizer.ts';
import { activate, pool, rowOf } from './numbers.ts';
import type { WindowOutput } from './session.ts';
import { emptyScores, readSpans, readTagSet, scoreToken, type TagSet } from './spans.ts';
import { cutHeadAndTail, cutWindows, type Window } from './windows.ts';

/** What a model says of a text, by its task. */
export type Answer =
  | {
      readonly kind: 'embedding';
      readonly vector: Float32Array;
      readonly tokens: number;
      readonly unknownTokens: number;
      readonly truncated: boolean;
    }
  | { readonly kind: 'labels'; readonly probabilities: Float32Array }
  | { readonly kind: 'spans'; readonly spans: readonly TaggedSpan[] };

export interface Job {
  /** Token ids, special tokens included; computed in any order. */
  readonly inputs: readonly Int32Array[];
  /** Takes the output of an input. */
  readonly take: (input: number, output: WindowOutput) => void;
  /** To be called when every input has its output. */
  readonly finish: () => Answer;
}

/** Makes the job of a text. */
export type JobMaker = (text: string, encoded: Encoded) => Job;

/** `columns`: the width of the model's output. */
export function jobMaker(model: ModelDirectory, tokenizer: Tokenizer, columns: number): JobMaker {
  const frame = frameWith(tokenizer);
  const room = model.maxTokens - tokenizer.prefix.length - tokenizer.suffix.length;
  const making = { model, tokenizer, frame, room };
  switch (model.task) {
    case 'embedding': {
      const dims = model.dims ?? columns;
      return (text, encoded) => embeddingJob(text, encoded, { ...making, dims });
    }
    case 'sequence-classification':
      return (text, encoded) => labelsJob(text, encoded, making);
    case 'token-classification': {
      const tags = readTagSet(model.labels);
      return (text, encoded) => spansJob(text, encoded, { ...making, tags });
    }
  }
}

type Frame = (...parts: readonly Int32Array[]) => Int32Array;

/** Puts special tokens around ids. */
function frameWith({ prefix, suffix }: Tokenizer): Frame {
  return (...parts) => Int32Array.from([prefix, ...parts, suffix].flatMap((part) => [...part]));
}

interface Making {
  readonly model: ModelDirectory;
  readonly tokenizer: Tokenizer;
  readonly frame: Frame;
  /** Tokens that fit beside the special ones. */
  readonly room: number;
}

function headAndTail(text: string, encoded: Encoded, { frame, room }: Making): Int32Array {
  const { ids } = encoded;
  const cut = cutHeadAndTail(text, encoded, room);
  return cut === undefined
    ? frame(ids)
    : frame(ids.subarray(0, cut.headTo), ids.subarray(cut.tailFrom));
}

function embeddingJob(
  text: string,
  encoded: Encoded,
  making: Making & { readonly dims: number },
): Job {
  const { model, room, dims, tokenizer } = making;
  const tokens = encoded.ids.length;
  const unknownTokens = encoded.ids.filter((id) => id === tokenizer.unknownId).length;
  let vector: Float32Array = new Float32Array(dims);
  return {
    inputs: [headAndTail(text, encoded, making)],
    take: (_, output) => {
      vector = pool(output, model.pooling, dims);
    },
    finish: () => ({ kind: 'embedding', vector, tokens, unknownTokens, truncated: tokens > room }),
  };
}

function windowsOf(text: string, encoded: Encoded, { model, room }: Making): readonly Window[] {
  const { tokens, overlap } = model.window ?? { tokens: model.maxTokens, overlap: 0 };
  const special = model.maxTokens - room;
  return cutWindows(text, encoded, { tokens: tokens - special, overlap });
}

function labelsJob(text: string, encoded: Encoded, making: Making): Job {
  const { model, frame } = making;
  const inputs =
    model.window === undefined
      ? [headAndTail(text, encoded, making)]
      : windowsOf(text, encoded, making).map(({ from, to }) =>
          frame(encoded.ids.subarray(from, to)),
        );
  const outputs: Float32Array[] = [];
  return {
    inputs,
    take: (input, output) => {
      outputs[input] = activate(rowOf(output, 0), model.activation);
    },
    finish: () => ({ kind: 'labels', probabilities: reduceWindows(outputs, model) }),
  };
}

/**
 * Of several windows the one with most of the positive labels speaks. Where labels are findings by
 * themselves, or none is positive, the largest probability of each does, or the mean if asked.
 */
function reduceWindows(
  windows: readonly Float32Array[],
  { labels, positiveLabels, activation, window }: ModelDirectory,
): Float32Array {
  const [first = new Float32Array(labels.length)] = windows;
  if (window?.reduce === 'mean') {
    return first.map(
      (_, label) => windows.reduce((sum, each) => sum + (each[label] ?? 0), 0) / windows.length,
    );
  }
  if (positiveLabels.length === 0 || activation === 'sigmoid') {
    return first.map((_, label) =>
      windows.reduce((most, each) => Math.max(most, each[label] ?? 0), 0),
    );
  }
  const risk = (each: Float32Array): number =>
    positiveLabels.reduce((sum, label) => sum + (each[labels.indexOf(label)] ?? 0), 0);
  return windows.reduce((worst, each) => (risk(each) > risk(worst) ? each : worst), first);
}

function spansJob(text: string, encoded: Encoded, making: Making & { readonly tags: TagSet }): Job {
  const { model, tokenizer, frame, tags } = making;
  const windows = windowsOf(text, encoded, making);
  const scores = emptyScores(encoded.ids.length, tags);
  const prefix = tokenizer.prefix.length;
  return {
    inputs: windows.map(({ from, to }) => frame(encoded.ids.subarray(from, to))),
    take: (input, output) => {
      const window = windows[input];
      if (window === undefined) return;
      for (let token = window.ownFrom; token < window.ownTo; token++) {
        const row = prefix + token - window.from;
        scoreToken(scores, token, activate(rowOf(output, row), model.activation), tags);
      }
    },
    finish: () => ({ kind: 'spans', spans: readSpans(text, encoded, scores, tags) }),
  };
}
