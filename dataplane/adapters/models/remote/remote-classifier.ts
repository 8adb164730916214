// A classifier of texts behind HTTP, by the contract that servers of text classification share:
//
//   POST URL  {"inputs": ["the text"]}
//   200       [[{"label": "jailbreak", "score": 0.93}, {"label": "benign", "score": 0.07}]]
//
// One list for each input, with a score from 0 to 1 for each label. Reading a long text in parts is
// the server's affair.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { TextClassifier } from '../../../ports.ts';
import type { Answering } from '../answering.ts';
import { HttpModel, type HttpModelOptions, type OnFailure } from './http-model.ts';

export interface RemoteClassifierOptions extends HttpModelOptions {
  /** The labels that are used. Others are not heeded; one that an answer lacks has probability 0. */
  readonly labels: readonly string[];
}

const answerSchema = z.tuple([
  z.array(z.object({ label: z.string(), score: z.number().min(0).max(1) })).min(1),
]);

export function remoteClassifier(
  options: RemoteClassifierOptions,
  onFailure: OnFailure = () => undefined,
): Answering<TextClassifier> {
  const { url, labels } = options;
  const http = new HttpModel(options, onFailure);
  const digest = createHash('sha256').update(JSON.stringify([url, labels]));
  const id = `remote@${digest.digest('hex').slice(0, 16)}`;
  const classifier: TextClassifier = {
    id,
    labels,
    classify: (text, call) =>
      http.ask({ inputs: [text] }, (json) => readScores(json, labels), call),
  };
  return http.answering(classifier, id);
}

function readScores(json: unknown, labels: readonly string[]): ReadonlyMap<string, number> {
  const [answer] = answerSchema.parse(json);
  const scores = new Map(answer.map(({ label, score }) => [label, score]));
  if (!labels.some((label) => scores.has(label))) throw new Error('knows none of the labels');
  return new Map(labels.map((label) => [label, scores.get(label) ?? 0]));
}
