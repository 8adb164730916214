// From what was measured to figures and goals: everything is compared within a round. Pure.
import type { GoalResult } from '../goals.ts';
import { spreadOf, type Spread } from '../summary.ts';
import type {
  OthersWindow,
  SignalsResults,
  SignalsRound,
  Window,
  WindowName,
} from './measurement.ts';

type Of<Item> = (item: Item) => number;

function windowOf(round: SignalsRound, name: WindowName): Window | undefined {
  return round.windows.find((window) => window.name === name);
}

/** A figure of one kind of window over the rounds. */
export function figureOf(
  { rounds }: SignalsResults,
  name: WindowName,
  figure: Of<Window>,
): Spread | undefined {
  return overRounds(rounds, (round) => {
    const window = windowOf(round, name);
    return window && figure(window);
  });
}

/** By how much a figure is larger than without signals, in the same round. */
export function addedTo(
  results: SignalsResults,
  name: WindowName,
  figure: Of<Window>,
): Spread | undefined {
  return besideBase(results, name, (window, base) => figure(window) - figure(base));
}

/** How many times as large a figure is as without signals, in the same round. */
export function timesBase(
  results: SignalsResults,
  name: WindowName,
  figure: Of<Window>,
): Spread | undefined {
  return besideBase(results, name, (window, base) => figure(window) / figure(base));
}

function besideBase(
  { rounds }: SignalsResults,
  name: WindowName,
  compare: (window: Window, base: Window) => number,
): Spread | undefined {
  return overRounds(rounds, (round) => {
    const window = windowOf(round, name);
    const base = windowOf(round, 'none');
    return window && base && compare(window, base);
  });
}

function othersOf(
  round: SignalsRound,
  concurrency: number,
  busy: boolean,
): OthersWindow | undefined {
  return round.others.find((window) => window.concurrency === concurrency && window.busy === busy);
}

/** A figure of the requests that need no model. */
export function othersFigure(
  { rounds }: SignalsResults,
  { concurrency, busy }: { readonly concurrency: number; readonly busy: boolean },
  figure: Of<OthersWindow>,
): Spread | undefined {
  return overRounds(rounds, (round) => {
    const window = othersOf(round, concurrency, busy);
    return window && figure(window);
  });
}

/** Their figure while models compute to that while they do not, in the same round. */
export function slowdown(
  { rounds }: SignalsResults,
  concurrency: number,
  figure: Of<OthersWindow>,
): Spread | undefined {
  return overRounds(rounds, (round) => {
    const busy = othersOf(round, concurrency, true);
    const quiet = othersOf(round, concurrency, false);
    return busy && quiet && figure(busy) / figure(quiet);
  });
}

/** Resident memory of the router with models, in megabytes. */
export function residentMb({ rounds }: SignalsResults): Spread | undefined {
  return spreadOf(rounds.map(({ rssBytes }) => rssBytes / 1e6));
}

function overRounds(
  rounds: readonly SignalsRound[],
  figure: (round: SignalsRound) => number | undefined,
): Spread | undefined {
  return spreadOf(rounds.map((round) => figure(round) ?? NaN));
}

const p50: Of<Window> = ({ p50Ms }) => p50Ms;
const othersP50: Of<OthersWindow> = ({ p50Ms }) => p50Ms;

/** The project's goals for signals, in their order; those that were not measured are left out. */
export function judgeSignals(results: SignalsResults): GoalResult[] {
  const busy = { concurrency: 1, busy: true };
  const goals: readonly (readonly [text: string, limit: number, measured: Spread | undefined])[] = [
    [
      'all signals with models, the router on one core: added to the p50, ms',
      20,
      addedTo(results, 'models', p50),
    ],
    [
      'all signals with models, each of them on one core: added to the p50, ms',
      20,
      addedTo(results, 'spread', p50),
    ],
    ['all signals without models: added to the p50, ms', 1, addedTo(results, 'words', p50)],
    [
      'exact cache hit: median in the router, ms',
      0.3,
      figureOf(results, 'hits', ({ routingMs }) => routingMs),
    ],
    ['resident memory with both models, MB', 600, residentMb(results)],
    [
      'others while models compute ÷ while not, concurrency 1: p50',
      1.3,
      slowdown(results, 1, othersP50),
    ],
    [
      'others while models compute ÷ while not, concurrency 16: p50',
      1.3,
      slowdown(results, 16, othersP50),
    ],
    [
      'event loop while models compute: longest delay, ms',
      10,
      othersFigure(results, busy, ({ loop }) => loop.maxMs),
    ],
  ];
  return goals.flatMap(([text, limit, measured]) =>
    measured === undefined ? [] : [{ text, limit, measured, met: measured.median <= limit }],
  );
}
