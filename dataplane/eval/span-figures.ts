// How well stretches of text were found: by type, span against span.
import { share } from './rounding.ts';

export interface LabelledSpan {
  readonly type: string;
  /** UTF-16 offsets, the end exclusive. */
  readonly start: number;
  readonly end: number;
}

export interface SpanOutcome {
  readonly labelled: readonly LabelledSpan[];
  readonly found: readonly LabelledSpan[];
}

export interface TypeFigures {
  /** Labelled spans. */
  readonly n: number;
  /** Share of labelled spans of which at least half was found, under this type. */
  readonly recall: number;
  /** Share of found spans of which at least half is labelled, under this type. */
  readonly precision: number;
}

/** Every type that was labelled or found, by name. */
export function spanFigures(
  outcomes: readonly SpanOutcome[],
): Readonly<Record<string, TypeFigures>> {
  const types = new Set(
    outcomes.flatMap(({ labelled, found }) => [...labelled, ...found].map(({ type }) => type)),
  );
  return Object.fromEntries([...types].sort().map((type) => [type, figuresOf(outcomes, type)]));
}

function figuresOf(outcomes: readonly SpanOutcome[], type: string): TypeFigures {
  let labelledCount = 0;
  let foundCount = 0;
  let recalled = 0;
  let precise = 0;
  for (const outcome of outcomes) {
    const labelled = outcome.labelled.filter((span) => span.type === type);
    const found = outcome.found.filter((span) => span.type === type);
    labelledCount += labelled.length;
    foundCount += found.length;
    recalled += labelled.filter((span) => isHalfCovered(span, found)).length;
    precise += found.filter((span) => isHalfCovered(span, labelled)).length;
  }
  return {
    n: labelledCount,
    recall: share(recalled, labelledCount),
    precision: share(precise, foundCount),
  };
}

/** Whether the others cover at least half of the span; what two of them cover counts once. */
function isHalfCovered({ start, end }: LabelledSpan, others: readonly LabelledSpan[]): boolean {
  let covered = 0;
  let reached = start;
  for (const other of others.toSorted((one, two) => one.start - two.start)) {
    const until = Math.min(end, other.end);
    covered += Math.max(0, until - Math.max(reached, other.start));
    reached = Math.max(reached, until);
  }
  return 2 * covered >= end - start;
}
