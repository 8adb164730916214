// Models for tests that are about something else: they know words, answer at once, and can be told
// that they are unavailable.
import type {
  Embedder,
  TaggedSpan,
  TextClassifier,
  TokenClassifier,
} from '../../../dataplane/ports.ts';
import type { UnavailableReason } from '../../../dataplane/domain/unavailable.ts';

export interface Fake<Port> {
  readonly model: Port;
  /** Texts that it was asked about, in order. */
  readonly asked: readonly string[];
  /** From now on it says so of every text; undefined: it answers. */
  fail(reason: UnavailableReason | undefined): void;
}

/** Texts are as similar as they share words. */
export function fakeEmbedder(dimensions = 64): Fake<Embedder> {
  return fake((asked) => ({
    id: `words@${dimensions}`,
    dimensions,
    embed: (text) =>
      asked(text, () => {
        const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
        const vector = new Float32Array(dimensions);
        for (const word of words) {
          const at = Array.from(word).reduce(
            (hash, letter) => (hash * 31 + (letter.codePointAt(0) ?? 0)) % dimensions,
            7,
          );
          vector[at] = (vector[at] ?? 0) + 1;
        }
        const length = Math.hypot(...vector) || 1;
        return {
          vector: vector.map((value) => value / length),
          tokens: words.length,
          unknownTokens: 0,
          truncated: false,
        };
      }),
  }));
}

/** Finds the given words, each with its label and a score. */
export function fakeTagger(
  words: Readonly<Record<string, { readonly label: string; readonly score: number }>>,
): Fake<TokenClassifier> {
  return fake((asked) => ({
    id: 'words@tags',
    labels: [...new Set(Object.values(words).map(({ label }) => label))],
    tag: (text) =>
      asked(text, () =>
        Array.from(text.matchAll(/[\p{L}\p{N}]+/gu)).flatMap((match): readonly TaggedSpan[] => {
          const found = words[match[0]];
          const { index: start } = match;
          return found === undefined ? [] : [{ ...found, start, end: start + match[0].length }];
        }),
      ),
  }));
}

/** Gives a text the probabilities of the first of the words that it has, else the others. */
export function fakeClassifier(
  words: Readonly<Record<string, Readonly<Record<string, number>>>>,
  otherwise: Readonly<Record<string, number>>,
): Fake<TextClassifier> {
  return fake((asked) => ({
    id: 'words@labels',
    labels: Object.keys(otherwise),
    classify: (text) =>
      asked(text, () => {
        const word = Object.keys(words).find((candidate) => text.includes(candidate));
        return new Map(Object.entries((word === undefined ? undefined : words[word]) ?? otherwise));
      }),
  }));
}

type Asked = <Answer>(
  text: string,
  answer: () => Answer,
) => Promise<Answer | { readonly unavailable: UnavailableReason }>;

function fake<Port>(make: (asked: Asked) => Port): Fake<Port> {
  const texts: string[] = [];
  let failing: UnavailableReason | undefined;
  return {
    model: make((text, answer) => {
      texts.push(text);
      return Promise.resolve(failing === undefined ? answer() : { unavailable: failing });
    }),
    asked: texts,
    fail: (reason) => {
      failing = reason;
    },
  };
}
