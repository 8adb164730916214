// The words of one prompt, in the form in which the methods that go by words look at them. A long
// prompt is looked at from both its ends, so that its cost has a limit.
import { wordsOf } from '../../../config/keyword-pattern.ts';

export class PromptWords {
  readonly #text: string;
  readonly #most: number;
  #words: readonly string[] | undefined;

  /** Of a longer text, half of `most` UTF-16 units from each end. */
  constructor(text: string, most: number) {
    this.#text = text;
    this.#most = most;
  }

  /** In lower case, in order. */
  get words(): readonly string[] {
    return (this.#words ??= wordsOf(bothEnds(this.#text, this.#most).toLowerCase()));
  }
}

function bothEnds(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  // The line break parts what was not together.
  return `${text.slice(0, half)}\n${text.slice(-half)}`;
}
