// What a check is: one rule over some sections of a configuration.
import { routerConfigSchema, type RouterConfig, type Section } from '../schema/index.ts';
import type { Finding } from '../source/problem.ts';

export interface Check {
  /** What the rule asks for, in a few words; tests and documentation name it so. */
  readonly name: string;
  /**
   * The sections that the rule looks at: it is passed over when one of them is wrong in itself, or
   * missing where it must not be.
   */
  readonly reads: readonly Section[];
  /** Everything that breaks the rule. */
  readonly findings: (config: RouterConfig) => Iterable<Finding>;
}

/** A check, which sees only the sections that it says it reads. */
export function checkOf<Read extends Section>(
  name: string,
  reads: readonly Read[],
  findings: (sections: Pick<RouterConfig, Read>) => Iterable<Finding>,
): Check {
  return { name, reads, findings };
}

/** Sections that a file may leave out, and that then hold nothing. */
const optional: ReadonlySet<string> = new Set(
  Object.entries(routerConfigSchema.shape).flatMap(([name, schema]) => {
    const left = schema.safeParse(undefined);
    return left.success && left.data === undefined ? [name] : [];
  }),
);

/** Whether every section that the check reads is there, or need not be. */
export function canRun(check: Check, sections: Partial<RouterConfig>): sections is RouterConfig {
  return check.reads.every((name) => Object.hasOwn(sections, name) || optional.has(name));
}
