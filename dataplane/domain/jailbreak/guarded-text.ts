// What is looked through for attacks, and the pieces in which it is looked at.

/** A text of a request that somebody else than the operator wrote. */
export interface GuardedText {
  readonly text: string;
  /** `user`: a turn of the user's. `tool`: what a tool, a file or a search brought; nobody speaks there. */
  readonly source: 'user' | 'tool';
}

/** Units of one window: what the encoder reads at once, at four or so to a token. */
export const windowLength = 1000;
/** Units from the start of one window to the start of the next. */
const windowStep = 800;

/** Turns of the user's that are read as one text too: an attack may be split over several. */
const joinedTurns = 5;
const longestJoined = 4000;

/** At most so many windows of a text, first and last, second and last but one, and so on inwards. */
export function cutWindows(text: string, most: number): string[] {
  const count = Math.max(1, Math.ceil((text.length - windowLength) / windowStep) + 1);
  return Array.from({ length: Math.min(count, most) }, (_, index) => {
    const fromEdge = Math.floor(index / 2);
    const place = index % 2 === 0 ? fromEdge : count - 1 - fromEdge;
    return text.slice(place * windowStep, place * windowStep + windowLength);
  });
}

/** The last turns of the user's as one text, of which the end is kept; undefined where there is one alone. */
export function joinTurns(texts: readonly GuardedText[]): GuardedText | undefined {
  const turns = texts.filter(({ source }) => source === 'user').slice(-joinedTurns);
  if (turns.length < 2) return undefined;
  const text = turns.map((turn) => turn.text.slice(-longestJoined)).join('\n');
  return { text: text.slice(-longestJoined), source: 'user' };
}
