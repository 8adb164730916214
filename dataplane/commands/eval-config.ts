// What a configuration says of what `eval` measures: heads, models, and where they begin to be believed.
import { formatProblem, parseConfig } from '../../config/parse.ts';
import type { AnalyserSections } from '../adapters/analysers/open-analysers.ts';
import type { TaskName } from '../eval/tasks.ts';

export interface EvalConfig {
  readonly sections: AnalyserSections;
  /** Undefined: the task's own. */
  readonly thresholds: Readonly<Record<TaskName, number | undefined>>;
}

/** Without a configuration. */
export const noConfig: EvalConfig = {
  sections: {},
  thresholds: { domain: undefined, jailbreak: undefined, pii: undefined, cache: undefined },
};

/** What is wrong with a configuration, a line for each problem. */
export class ConfigProblem extends Error {}

/** Throws a ConfigProblem. */
export function readEvalConfig(bytes: Uint8Array, path: string): EvalConfig {
  const parsed = parseConfig(bytes, path);
  if (!parsed.ok) throw new ConfigProblem(parsed.problems.map(formatProblem).join('\n'));
  const { classifier, pii_guard, prompt_guard, semantic_cache } = parsed.config;
  return {
    sections: parsed.config,
    thresholds: {
      domain: classifier?.category_model?.threshold,
      jailbreak: prompt_guard?.threshold,
      pii: pii_guard?.threshold ?? classifier?.pii_model?.threshold,
      cache: semantic_cache?.similarity_threshold,
    },
  };
}
