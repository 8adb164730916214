// What is learned from, and what is learned: the words that all ways of learning have in common.
import type { Rows } from './rows.ts';

export interface Examples {
  readonly rows: Rows;
  /** For each row the number of its label, from 0; with one output, 1 stands for yes and 0 for no. */
  readonly targets: Uint8Array;
  /** How much each row counts; all the same when left out. */
  readonly weights?: Float64Array;
}

export interface LinearModel {
  readonly outputs: number;
  /** By column of the rows, then by output. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}
