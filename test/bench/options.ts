// The command line of `npm run bench`.
import { parseArgs } from 'node:util';
import { contestantNames, ownPartNames, partNames, routerPartNames } from './plan.ts';
import type { AnyPartName, ContestantName } from './plan.ts';

export interface BenchOptions {
  readonly parts: readonly AnyPartName[];
  readonly contestants: readonly ContestantName[];
  /** Rounds of the rotated parts; pairs of the paired parts are twice as many. */
  readonly rounds: number;
  /** Length of one measured window. */
  readonly seconds: number;
  /** Fewer cells, short windows: shows that everything runs, measures nothing well. */
  readonly quick: boolean;
  /** Whether the results are written into docs/performance.md. */
  readonly write: boolean;
  readonly format: 'markdown' | 'json';
  /** Whether Envoy closes ext_proc streams gracefully, for every contestant. */
  readonly gracefulClose: boolean;
}

export const usage = `npm run bench -- [options]
  --only=PART,…          of ${partNames.join(', ')}; all by default
  --contestants=NAME,…   of ${contestantNames.join(', ')}; all by default
  --rounds=N             rounds in rotated order (5)
  --seconds=S            length of each measured window (3)
  --quick                two minutes: few cells, one round of one second
  --format=json          every measurement as JSON instead of tables
  --graceful-close       Envoy's flag ext_proc_graceful_grpc_close on, for all alike
  --write                write the results into docs/performance.md (whole sections: operator, signals, all others)
`;

/** Reads the arguments; throws an Error with a sentence for the user when they make no sense. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      contestants: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      format: { type: 'string', default: 'markdown' },
      'graceful-close': { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  if (values.format !== 'markdown' && values.format !== 'json') {
    throw new Error(`--format is markdown or json, not ${values.format}`);
  }
  const parts = namesOf('only', values.only, partNames);
  // Operator and signals have sections of their own; the other parts share theirs.
  const shared = routerPartNames.filter((name) => parts.includes(name)).length;
  const hasWhole = shared === 0 || shared === routerPartNames.length;
  const whole = !values.quick && hasWhole && values.contestants === undefined;
  if (values.write && !whole) {
    throw new Error(
      '--write needs whole sections: without --quick and --contestants, and with --only any of ' +
        `${ownPartNames.join(' and ')}, and all or none of ${routerPartNames.join(',')}`,
    );
  }
  return {
    parts,
    contestants: namesOf('contestants', values.contestants, contestantNames),
    rounds: positive('rounds', values.rounds, values.quick ? 1 : 5),
    seconds: positive('seconds', values.seconds, values.quick ? 1 : 3),
    quick: values.quick,
    write: values.write,
    format: values.format,
    gracefulClose: values['graceful-close'],
  };
}

function namesOf<Name extends string>(
  option: string,
  text: string | undefined,
  known: readonly Name[],
): readonly Name[] {
  if (text === undefined) return known;
  return text.split(',').map((word) => {
    const found = known.find((name) => name === word);
    if (found === undefined) {
      throw new Error(`--${option}: ${word} is none of ${known.join(', ')}`);
    }
    return found;
  });
}

function positive(option: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) {
    throw new Error(`--${option} needs a positive number, not ${text}`);
  }
  return value;
}
