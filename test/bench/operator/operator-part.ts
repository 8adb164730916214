// What the operator costs: many resources created at once, in the order operator, bare loop, bare
// loop, operator, so that a drift of the machine hits both alike. Each run has a cluster of its own.
import { runBareLoop, type BareRun } from './bare-run.ts';
import { runOperator, type OperatorRun } from './operator-run.ts';

export interface OperatorResults {
  /** Resources in each run. */
  readonly count: number;
  /** One of each for a comparison, which were made one after the other. */
  readonly pairs: readonly { readonly operator: OperatorRun; readonly bare: BareRun }[];
}

const whole = { count: 500, rounds: 2 };
const quick = { count: 50, rounds: 1 };

export async function runOperatorPart(options: {
  readonly quick: boolean;
  readonly say: (text: string) => void;
}): Promise<OperatorResults> {
  const { count, rounds } = options.quick ? quick : whole;
  const operate = async (): Promise<OperatorRun> => {
    options.say(`operator: ${count} resources`);
    return runOperator(count);
  };
  const loop = async (like: OperatorRun): Promise<BareRun> => {
    options.say(`operator: the same writes by a bare loop`);
    return runBareLoop(count, like);
  };
  const pairs: { operator: OperatorRun; bare: BareRun }[] = [];
  for (let round = 0; round < rounds; round++) {
    const operator = await operate();
    pairs.push({ operator, bare: await loop(operator) });
    // The loop repeats what a run before it wrote, which is the same in all of them.
    const bare = await loop(operator);
    pairs.push({ operator: await operate(), bare });
  }
  return { count, pairs };
}
