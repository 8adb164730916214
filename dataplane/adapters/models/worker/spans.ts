// From the probabilities of tokens to stretches of text: whole words, each judged by the mean over
// its tokens, joined where the model says that they belong together. Pure.
import type { TaggedSpan } from '../../../ports.ts';
import type { Encoded } from '../tokenizer/tokenizer.ts';

/** What the labels of a model say: types of findings, and for each label which type and whether it begins one. */
export interface TagSet {
  readonly types: readonly string[];
  /** Index of a type for each label; -1: nothing is there. */
  readonly typeOf: readonly number[];
  readonly begins: readonly boolean[];
}

/** Reads B-, I-, L-, E-, U- and S-; a label without any is a type by itself. */
export function readTagSet(labels: readonly string[]): TagSet {
  const parsed = labels.map((label) => {
    const [, position = 'I', type = label] = /^([BILEUS])[-_](.+)$/.exec(label) ?? [];
    const isOutside = /^(O|NO_PII|OUTSIDE)$/.test(type);
    return { type: isOutside ? undefined : type, begins: /[BUS]/.test(position) };
  });
  const types = [...new Set(parsed.flatMap(({ type }) => (type === undefined ? [] : [type])))];
  return {
    types,
    typeOf: parsed.map(({ type }) => (type === undefined ? -1 : types.indexOf(type))),
    begins: parsed.map(({ begins }) => begins),
  };
}

/** What is known of each token: for each type the probability, and that of a beginning. */
export interface TokenScores {
  readonly byType: Float32Array;
  readonly beginning: Float32Array;
}

export function emptyScores(tokens: number, { types }: TagSet): TokenScores {
  return {
    byType: new Float32Array(tokens * types.length),
    beginning: new Float32Array(tokens * types.length),
  };
}

/** Adds the probabilities of a token's labels up by type. */
export function scoreToken(
  scores: TokenScores,
  token: number,
  probabilities: Float32Array,
  { types, typeOf, begins }: TagSet,
): void {
  for (const [label, probability] of probabilities.entries()) {
    const type = typeOf[label] ?? -1;
    if (type < 0) continue;
    const at = token * types.length + type;
    scores.byType[at] = (scores.byType[at] ?? 0) + probability;
    if (begins[label] === true) scores.beginning[at] = (scores.beginning[at] ?? 0) + probability;
  }
}

interface Word {
  readonly start: number;
  readonly end: number;
  /** Index of the type that is more probable than any other and than nothing; -1: none. */
  readonly type: number;
  readonly score: number;
  readonly begins: boolean;
}

/** Spans in the order of the text; they do not overlap. */
export function readSpans(
  text: string,
  encoded: Encoded,
  scores: TokenScores,
  { types }: TagSet,
): readonly TaggedSpan[] {
  const spans: { type: number; start: number; end: number; scores: number[] }[] = [];
  let previous: Word | undefined;
  for (const word of judgeWords(text, encoded, scores, types.length)) {
    const last = spans.at(-1);
    const touches = previous?.end === word.start;
    if (word.type < 0) {
      // Nothing.
    } else if (
      last?.type === word.type &&
      previous?.type === word.type &&
      (touches || !word.begins)
    ) {
      last.end = word.end;
      last.scores.push(word.score);
    } else {
      spans.push({ type: word.type, start: word.start, end: word.end, scores: [word.score] });
    }
    previous = word;
  }
  return spans.flatMap(({ type, start, end, scores: each }) => {
    const found = text.slice(start, end).replace(/[.,;:!?]+$/, '');
    if (!/[\p{L}\p{N}]/u.test(found)) return [];
    const score = each.reduce((sum, value) => sum + value, 0) / each.length;
    return [
      { label: types[type] ?? '', start, end: start + found.length, score: Math.min(1, score) },
    ];
  });
}

// Letters and digits, with an apostrophe or a hyphen between them, are one word; a Chinese character
// is one, and so is every other character that is no blank.
const letter = String.raw`(?!\p{Script=Han})[\p{L}\p{M}\p{N}]`;
const wordPattern = new RegExp(
  String.raw`\p{Script=Han}|(?:${letter})+(?:['’\-](?:${letter})+)*|\S`,
  'gu',
);

function* judgeWords(
  text: string,
  encoded: Encoded,
  scores: TokenScores,
  types: number,
): Generator<Word> {
  const { starts, ends } = encoded;
  let first = 0;
  for (const match of text.matchAll(wordPattern)) {
    const start = match.index;
    const end = start + match[0].length;
    while (first < starts.length && (ends[first] ?? 0) <= start) first++;
    let past = first;
    while (past < starts.length && (starts[past] ?? 0) < end) past++;
    // A word without a token is one that the tokenizer does not see, such as a joiner.
    if (past > first) yield { start, end, ...judge(scores, { first, past, types }) };
  }
}

function judge(
  { byType, beginning }: TokenScores,
  { first, past, types }: { readonly first: number; readonly past: number; readonly types: number },
): Omit<Word, 'start' | 'end'> {
  let best = -1;
  let most = 0;
  let all = 0;
  for (let type = 0; type < types; type++) {
    let sum = 0;
    for (let token = first; token < past; token++) sum += byType[token * types + type] ?? 0;
    const mean = sum / (past - first);
    all += mean;
    if (mean > most) {
      most = mean;
      best = type;
    }
  }
  const isTagged = most > 1 - all;
  const at = first * types + best;
  const begins = isTagged && (beginning[at] ?? 0) * 2 > (byType[at] ?? 0);
  return { type: isTagged ? best : -1, score: most, begins };
}
