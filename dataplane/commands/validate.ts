// `validate`: tells every problem of configuration files, with its line. It accepts what the router
// would load, and nothing else.
import { parseArgs } from 'node:util';
import { billingMode } from '../../config/mode.ts';
import { formatProblem, parseConfig, type Problem } from '../../config/parse.ts';
import type { RouterConfig } from '../../config/schema/index.ts';
import { compileRuntime } from '../runtime/compile.ts';
import { exitCodes, processIo, readFailure, type CommandIo } from './io.ts';

const help = `Usage: semantic-router-maas validate FILE...

Checks configuration files; - is standard input. Prints a line for each problem and each warning:
FILE:LINE: PATH: MESSAGE.

Exit code: 0 all files are valid (warnings or not), 1 some are not, 2 a file cannot be read or the
command was called wrongly.
`;

const options = { help: { type: 'boolean', short: 'h', default: false } } as const;

/** Returns the exit code. */
export async function validate(
  args: readonly string[],
  io: CommandIo = processIo,
): Promise<number> {
  const misuse = (sentence: string): number => {
    io.stderr(`semantic-router-maas validate: ${sentence}\n`);
    return exitCodes.usage;
  };
  let files: readonly string[];
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
    });
    if (values.help) {
      io.stdout(help);
      return exitCodes.ok;
    }
    files = positionals;
  } catch (error) {
    return misuse(error instanceof Error ? error.message : String(error));
  }
  if (files.length === 0) return misuse('which FILE? Try --help.');
  let code: number = exitCodes.ok;
  for (const path of files) {
    let bytes: Uint8Array;
    try {
      bytes = await io.readFile(path);
    } catch (error) {
      code = misuse(readFailure(path, error));
      continue;
    }
    const { lines, isValid } = check(path === '-' ? 'stdin' : path, bytes);
    io.stdout(lines.map((line) => `${line}\n`).join(''));
    if (!isValid) code = Math.max(code, exitCodes.problems);
  }
  return code;
}

function check(
  name: string,
  bytes: Uint8Array,
): { readonly lines: readonly string[]; readonly isValid: boolean } {
  const parsed = parseConfig(bytes, name);
  const warnings = parsed.warnings.map(formatWarning);
  if (!parsed.ok) {
    const counts = `${count(parsed.problems.length, 'problem')}, ${count(warnings.length, 'warning')}`;
    return {
      lines: [...parsed.problems.map(formatProblem), ...warnings, `${name}: invalid (${counts})`],
      isValid: false,
    };
  }
  try {
    compileRuntime({ config: parsed.config, hash: '', loadedAtMs: 0 });
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    return { lines: [...warnings, `${name}:1: ${sentence}`, `${name}: invalid`], isValid: false };
  }
  return { lines: [...warnings, `${name}: valid (${summary(parsed.config)})`], isValid: true };
}

function summary(config: RouterConfig): string {
  return [
    `${billingMode(config)} mode`,
    count(Object.keys(config.model_config).length, 'model'),
    count(config.decisions.length, 'decision'),
  ].join(', ');
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function formatWarning(problem: Problem): string {
  const place = `${problem.file}:${problem.line}`;
  return `${place}: warning${formatProblem(problem).slice(place.length)}`;
}
