// What is known of a run of a part that has a run of its own, beside what it measured. Pure.

export interface PartFacts {
  readonly machine: string;
  readonly commit: string;
  /** ISO date of the run. */
  readonly date: string;
  readonly command: string;
  readonly loadBefore: string;
  readonly loadAfter: string;
}

/** Rows of a table. */
export function factRows(facts: PartFacts): string[][] {
  return [
    ['date', facts.date],
    ['command', `\`${facts.command}\``],
    ['commit', facts.commit],
    ['machine', facts.machine],
    ['load average before, after', `${facts.loadBefore}; ${facts.loadAfter}`],
  ];
}
