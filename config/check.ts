// The rules that hold between the parts of a configuration, and everything in it that could fail to
// compile: what both programs ask before they use one. The order of a list is the order of reports.
import { canRun, type Check } from './checks/check-of.ts';
import { detectionChecks } from './checks/detection.ts';
import { guardChecks } from './checks/guards.ts';
import { headerChecks } from './checks/headers.ts';
import { keywordChecks } from './checks/keywords.ts';
import { nameChecks } from './checks/names.ts';
import { notices } from './checks/notices.ts';
import { piiTypeChecks } from './checks/pii-types.ts';
import { referenceChecks } from './checks/references.ts';
import { ruleChecks } from './checks/rules.ts';
import { signalChecks } from './checks/signals.ts';
import { signalModelChecks } from './checks/signal-models.ts';
import { cacheChecks } from './checks/semantic-cache.ts';
import type { RouterConfig } from './schema/index.ts';
import type { Finding } from './source/problem.ts';

export { formatFinding, type Finding } from './source/problem.ts';

/** Each rule that a configuration must keep. */
export const checks: readonly Check[] = [
  ...nameChecks, // a name means one thing
  ...referenceChecks, // a name means something
  ...ruleChecks, // a rule can hold, and need not
  ...guardChecks, // an action has what it needs
  ...keywordChecks, // a keyword can be looked for
  ...signalChecks, // a signal can be told
  ...headerChecks, // a header is ours to name
  ...detectionChecks, // what is asked for is there
  ...piiTypeChecks, // a type of personal data is one
  ...signalModelChecks, // a model is somewhere
  ...cacheChecks, // answers have a place to be kept
];

/**
 * Everything that is wrong with a configuration that the schema accepts; empty when it can be used.
 * `parseConfig` has asked already.
 */
export function checkConfig(config: RouterConfig): Finding[] {
  return checkSections(config);
}

/** What is wrong as far as the sections that are there can tell. */
export function checkSections(sections: Partial<RouterConfig>): Finding[] {
  return run(checks, sections);
}

/** What the author of a right configuration should know all the same. */
export function noticesOf(sections: Partial<RouterConfig>): Finding[] {
  return run(notices, sections);
}

function run(list: readonly Check[], sections: Partial<RouterConfig>): Finding[] {
  return list.flatMap((check) => (canRun(check, sections) ? [...check.findings(sections)] : []));
}
