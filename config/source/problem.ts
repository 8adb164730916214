// What is wrong with a configuration, where, and how that is written in one line.

/** Where something stands in a configuration: keys and indices from the root. */
export type Path = readonly (string | number)[];

/** One thing that is wrong (or doubtful) with a configuration that has no lines, only paths. */
export interface Finding {
  readonly path: Path;
  /** A clause about what stands there, such as `is missing`, or a sentence. */
  readonly message: string;
}

/** One thing that is wrong (or doubtful) with a file. */
export interface Problem {
  readonly file: string;
  /** From 1; the line of the key, or of the nearest thing around it that the file has. */
  readonly line: number;
  /** From 1. */
  readonly column?: number;
  /** Such as `maas_integration.headers.prefix` or `decisions[2].rules`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
}

const plainKey = /^[\p{L}_][\p{L}\p{N}_-]*$/u;
const longestKey = 128;

/** `decisions[2].rules.operator`; keys that are no plain words stand quoted in brackets. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (plainKey.test(step) && step.length <= longestKey) {
      text += text === '' ? step : `.${step}`;
    } else text += `[${quote(step, longestKey)}]`;
  }
  return text;
}

/** `config.yaml:41: maas_integration.headers.prefix: must …` */
export function formatProblem(problem: Problem): string {
  const place = `${problem.file}:${problem.line}`;
  return problem.path === ''
    ? `${place}: ${problem.message}`
    : `${place}: ${problem.path}: ${problem.message}`;
}

/** `maas_integration.headers.prefix: must …`, where there is no file. */
export function formatFinding({ path, message }: Finding): string {
  return path.length === 0 ? message : `${formatPath(path)}: ${message}`;
}

/** Foreign text in one line of a message: quoted, and cut where it is longer than `longest`. */
export function quote(text: string, longest = 64): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return JSON.stringify(cut);
}
