// The three judges of the domain of a text, each giving log probabilities by label.
import { scoreFeatures, scoreVector } from '../linear/linear-head.ts';
import { FeatureReader } from '../linear/text-features.ts';
import type { Bank, CategoryHead } from './category-head.ts';

/** Texts that are asked which label they have. */
const neighbours = 8;
/** How fast a neighbour counts less the farther it is, as a cosine. */
const nearness = 0.07;
/** A label that no neighbour has is unlikely, not impossible. */
const leastVote = 0.02;

const readers = new Map<number, FeatureReader>();

/** By words and pieces of words; of a long text by its beginning and its end. */
export function judgeWords(head: CategoryHead, text: string): Float64Array {
  let reader = readers.get(head.bits);
  if (reader === undefined) {
    reader = new FeatureReader(head.bits);
    readers.set(head.bits, reader);
  }
  const scores = new Float64Array(head.labels.length);
  scoreFeatures(head.words, head.rarities, reader.read(text), scores);
  return logShares(scores);
}

/** By the meaning of the whole. */
export function judgeVector(head: CategoryHead, vector: Float32Array): Float64Array {
  const scores = new Float64Array(head.labels.length);
  scoreVector(head.vector, vector, scores);
  return logShares(scores);
}

/** By the labels of the texts that are nearest in meaning. */
export function judgeNeighbours(
  { bank, labels }: CategoryHead,
  vector: Float32Array,
): Float64Array {
  const nearest = nearestOf(bank, vector);
  const best = nearest[0]?.cosine ?? 0;
  const votes = new Float64Array(labels.length).fill(leastVote);
  for (const { cosine, label } of nearest) {
    votes[label] = (votes[label] ?? 0) + Math.exp((cosine - best) / nearness);
  }
  const sum = votes.reduce((all, vote) => all + vote, 0);
  return votes.map((vote) => Math.log(vote / sum));
}

interface Neighbour {
  readonly cosine: number;
  readonly label: number;
}

/** The nearest first. */
function nearestOf({ dimensions, labels, vectors }: Bank, vector: Float32Array): Neighbour[] {
  const nearest: Neighbour[] = [];
  let least = -Infinity;
  for (let row = 0; row < labels.length; row += 1) {
    let product = 0;
    const from = row * dimensions;
    for (let column = 0; column < dimensions; column += 1) {
      product += (vectors[from + column] as number) * (vector[column] as number);
    }
    if (product <= least && nearest.length === neighbours) continue;
    nearest.push({ cosine: product / 127, label: labels[row] as number });
    nearest.sort((a, b) => b.cosine - a.cosine);
    nearest.length = Math.min(nearest.length, neighbours);
    least = (nearest.at(-1)?.cosine ?? -Infinity) * 127;
  }
  return nearest;
}

/** Scores as logarithms of shares that add up to 1. */
export function logShares(scores: Float64Array): Float64Array {
  const most = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = scores.reduce((all, score) => all + Math.exp(score - most), 0);
  const shift = most + Math.log(sum);
  return scores.map((score) => score - shift);
}
