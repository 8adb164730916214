// What a training is given and what it gives: a head as a file, a card that tells how good it is. Which
// head it is, each task knows by itself.

export interface TrainingInput {
  /** Rows of the user, as they stand in the file; empty: the program's own texts alone. */
  readonly ownSet: string;
  /** Vectors of texts; rejects where there is none to be had. */
  readonly embedAll: (texts: readonly string[]) => Promise<ReadonlyMap<string, Float32Array>>;
  /**
   * Single words that the embedding model knows, the common ones first; none where its vocabulary is not
   * made of words.
   */
  readonly knownWords: () => Promise<readonly string[]>;
  /** Id of the embedding model. */
  readonly encoder: string;
  readonly say: (line: string) => void;
}

export interface Trained {
  /** Name of the head's file. */
  readonly fileName: string;
  readonly head: Uint8Array;
  /** Markdown. */
  readonly card: string;
}

/** Throws an Error with a sentence for the user where a set is not made for the task. */
export type Training = (input: TrainingInput) => Promise<Trained>;

/** Same rows, same head: neither time nor machine is in it. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
