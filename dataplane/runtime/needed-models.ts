// Which models a configuration has use for: those that a signal of a decision, a guard or the cache
// is computed with.
import type { Runtime } from './runtime.ts';

export type NeededModel = 'embedding' | 'pii';

/** Kinds of signals that are computed with vectors. */
const embedded = ['domain', 'embedding', 'complexity', 'jailbreak'];

export function neededModels({ decisions, ...runtime }: Runtime): ReadonlySet<NeededModel> {
  const needed = new Set<NeededModel>();
  for (const key of decisions.needed) {
    const [kind = ''] = key.split(':', 1);
    if (embedded.includes(kind)) needed.add('embedding');
    if (kind === 'pii') needed.add('pii');
  }
  const plans = [runtime.defaultPlan, ...runtime.plans.values(), ...runtime.pinnedPlans.values()];
  for (const { guards } of plans) {
    if (guards.jailbreak !== undefined) needed.add('embedding');
    if (guards.pii !== undefined) needed.add('pii');
  }
  if (runtime.config.semantic_cache?.enabled === true) needed.add('embedding');
  return needed;
}
