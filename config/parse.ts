// The text of config.yaml to a RouterConfig, or to all that is wrong with it, each with its line.
// It reads no file: who calls it has the bytes.
import { interpretConfig } from './interpret.ts';
import type { RouterConfig } from './schema/index.ts';
import { formatPath, type Finding, type Problem } from './source/problem.ts';
import { readYaml } from './source/yaml.ts';

export { formatProblem, type Problem } from './source/problem.ts';

export type ParseResult =
  | { readonly ok: true; readonly config: RouterConfig; readonly warnings: readonly Problem[] }
  | {
      readonly ok: false;
      /** In the order of the file; never empty. */
      readonly problems: readonly Problem[];
      readonly warnings: readonly Problem[];
    };

/** Problems told of one file; further ones are only counted. */
const maxProblems = 200;

/**
 * Parses and checks one configuration file. Never throws, whatever the bytes are: text that is no
 * YAML, a value that the schema refuses, a name that nothing bears, all become problems. A key that
 * nobody knows, and what is asked for and will not happen, become warnings.
 *
 * `fileName` only names the file in problems.
 */
export function parseConfig(text: string | Uint8Array, fileName = 'config.yaml'): ParseResult {
  const source = readYaml(text);
  if (!source.ok) {
    const problems = source.faults.map((fault) => ({ file: fileName, path: '', ...fault }));
    return { ok: false, problems, warnings: [] };
  }
  const place = ({ path, message }: Finding): Problem => ({
    file: fileName,
    ...source.locate(path),
    path: formatPath(path),
    message,
  });
  const result = interpretConfig(source.value);
  const warnings = inOrder([
    ...source.warnings.map((fault) => ({ file: fileName, path: '', ...fault })),
    ...result.warnings.slice(0, maxProblems).map(place),
  ]);
  if (result.ok) return { ok: true, config: result.config, warnings };
  const problems = inOrder(result.problems.slice(0, maxProblems).map(place));
  const more = result.problems.length - maxProblems;
  if (more > 0) problems.push(place({ path: [], message: `${more} more problems are not shown` }));
  return { ok: false, problems, warnings };
}

function inOrder(problems: readonly Problem[]): Problem[] {
  const column = (problem: Problem): number => problem.column ?? 0;
  return problems.toSorted((left, right) => left.line - right.line || column(left) - column(right));
}
