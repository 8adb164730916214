// A configuration as data (from a YAML file, or from a custom resource) to a RouterConfig, or to
// everything that is wrong with it at once. It knows no text and no lines.
import { checkSections, noticesOf } from './check.ts';
import { originOf, type Move, type Normalised, type Raw, isRaw } from './legacy/normalised.ts';
import { normalise } from './legacy/normalise.ts';
import { routerConfigSchema, type RouterConfig } from './schema/index.ts';
import { describeIssues } from './source/describe-issue.ts';
import { judgePeerKey } from './source/peer-keys.ts';
import type { Finding, Path } from './source/problem.ts';
import { soundParts } from './source/sound-parts.ts';
import { findUnknownKeys } from './source/unknown-keys.ts';

export type Interpretation =
  | { readonly ok: true; readonly config: RouterConfig; readonly warnings: readonly Finding[] }
  | {
      readonly ok: false;
      readonly problems: readonly Finding[];
      readonly warnings: readonly Finding[];
    };

const maxUnknownKeys = 100;

/** Never throws; `value` must be finite and no deeper than the stack allows. */
export function interpretConfig(value: unknown): Interpretation {
  if (!isRaw(value)) {
    const message = 'must be a mapping with keys such as `default_model` and `vllm_endpoints`';
    return { ok: false, problems: [{ path: [], message }], warnings: [] };
  }
  const steps = normalise(value);
  const flat = steps.at(-1)?.value ?? value;
  const trace = traceOf(steps);
  const keys = judgeKeys(flat);
  const parsed = routerConfigSchema.safeParse(flat, { reportInput: true });
  const refused = parsed.success ? [] : describeIssues(parsed.error.issues);
  const { sections, restore } = parsed.success
    ? { sections: parsed.data, restore: unchanged }
    : soundParts(
        flat,
        refused.map(({ path }) => path),
      );
  const problems = [
    ...trace.problems,
    ...[...keys.problems, ...refused, ...restore(checkSections(sections))].map(trace.toOrigin),
  ];
  const warnings = [
    ...trace.warnings,
    ...[...keys.warnings, ...restore(noticesOf(sections))].map(trace.toOrigin),
  ];
  return parsed.success && problems.length === 0
    ? { ok: true, config: parsed.data, warnings }
    : { ok: false, problems, warnings };
}

function unchanged(findings: readonly Finding[]): readonly Finding[] {
  return findings;
}

/** What the steps found and where they moved things, in paths of what the author wrote. */
function traceOf(steps: readonly Normalised[]) {
  const problems: Finding[] = [];
  const warnings: Finding[] = [];
  const before: (readonly Move[])[] = [];
  const back = (path: Path): Path => before.reduceRight(originOf, path);
  const toOrigin = ({ path, message }: Finding): Finding => ({ path: back(path), message });
  for (const step of steps) {
    problems.push(...step.problems.map(toOrigin));
    warnings.push(...step.warnings.map(toOrigin));
    before.push(step.moves);
  }
  return { problems, warnings, toOrigin };
}

function judgeKeys(value: Raw): { problems: Finding[]; warnings: Finding[] } {
  const problems: Finding[] = [];
  const warnings: Finding[] = [];
  for (const key of findUnknownKeys(value, maxUnknownKeys)) {
    const { path, nearest } = key;
    const verdict = judgePeerKey(path, key.value);
    if (verdict === undefined) {
      const guess = nearest === undefined ? '' : `; did you mean \`${nearest}\`?`;
      warnings.push({ path, message: `is no known key and is ignored${guess}` });
    } else if (verdict.kind === 'refused') problems.push({ path, message: verdict.message });
    else if (verdict.message !== undefined) warnings.push({ path, message: verdict.message });
  }
  return { problems, warnings };
}
