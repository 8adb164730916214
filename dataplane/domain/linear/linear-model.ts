/** What is learned, by whatever way of learning. */
export interface LinearModel {
  readonly outputs: number;
  /** By column of the rows, then by output. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}
