// What the models need of a tokenizer. It knows texts and numbers, no files and no models.
import type { MaybePromise } from '../../../domain/http.ts';

/** The tokens of one text, in its order and without special tokens; arrays of one length. */
export interface Encoded {
  readonly ids: Int32Array;
  /** Where each token begins in the text, in UTF-16 units. */
  readonly starts: Int32Array;
  /** Where it ends, exclusive. */
  readonly ends: Int32Array;
}

export interface Tokenizer {
  /**
   * Splits a text. Nothing in the text becomes a special token, whatever it spells. Padding and
   * truncation of the tokenizer file do not apply: how long a model's input may be is the model's
   * affair.
   */
  encode(text: string): MaybePromise<Encoded>;
  /** Special tokens that every input begins with, such as [CLS]. */
  readonly prefix: readonly number[];
  /** Special tokens that every input ends with, such as [SEP]. */
  readonly suffix: readonly number[];
  readonly padId: number;
  /** The token of what the vocabulary does not have; undefined where it has everything. */
  readonly unknownId: number | undefined;
}
