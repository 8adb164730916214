// What zod found wrong, in our words: each issue becomes one finding or several.
import type { z } from 'zod';
import { nearestName } from './nearest-name.ts';
import { quote, type Finding, type Path } from './problem.ts';

type Issue = z.core.$ZodIssue;

/**
 * The findings of a failed parse, the first one of each place: an empty name need not be told that
 * it has the wrong characters too. The parse must have been made with `reportInput: true`.
 */
export function describeIssues(issues: readonly Issue[]): Finding[] {
  const byPath = new Map<string, Finding>();
  for (const finding of findingsFor(issues, [])) {
    const place = JSON.stringify(finding.path);
    if (!byPath.has(place)) byPath.set(place, finding);
  }
  return [...byPath.values()];
}

function findingsFor(issues: readonly Issue[], base: Path): Finding[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path.map(step)];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      return findingsFor(likeliest(issue.errors), path);
    }
    if (issue.code === 'invalid_key') {
      return issue.issues.map((inner) => ({ path, message: `the name ${messageFor(inner)}` }));
    }
    return [{ path, message: messageFor(issue) }];
  });
}

function step(key: PropertyKey): string | number {
  return typeof key === 'number' ? key : String(key);
}

/** The alternative that the author most likely meant: of the right type, and lacking least at its top. */
function likeliest(alternatives: readonly (readonly Issue[])[]): readonly Issue[] {
  const distance = (issues: readonly Issue[]): number => {
    const ofOtherType = issues.some(
      ({ code, path }) => code === 'invalid_type' && path.length === 0,
    );
    return ofOtherType ? Infinity : issues.filter(({ path }) => path.length <= 1).length;
  };
  return alternatives.reduce((best, next) => (distance(next) < distance(best) ? next : best));
}

function messageFor(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return mustBe(kinds[issue.expected] ?? issue.expected, issue.input);
    case 'invalid_value':
      return oneOf(issue.values.map(String), issue.input);
    case 'invalid_union':
      return oneOf(optionsOf(issue), memberOf(issue.input, issue.discriminator));
    case 'too_small':
      return tooSmall(issue.origin, Number(issue.minimum));
    case 'too_big':
      return tooBig(issue.origin, Number(issue.maximum));
    case 'unrecognized_keys':
      return `has unknown keys: ${issue.keys.map((key) => quote(key)).join(', ')}`;
    default:
      // Formats and refinements carry the sentence that the schema gives them.
      return issue.message;
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section with keys',
  record: 'a section with keys',
};

function mustBe(kind: string, input: unknown): string {
  if (input === undefined || input === null) return 'is missing';
  return `must be ${kind}, not ${shown(input)}`;
}

function shown(input: unknown): string {
  if (Array.isArray(input)) return 'a list';
  switch (typeof input) {
    case 'string':
      return `the text ${quote(input, 40)}`;
    case 'number':
    case 'boolean':
      return String(input);
    default:
      return 'a section with keys';
  }
}

function oneOf(values: readonly string[], input: unknown): string {
  if (input === undefined || input === null) return `is missing; one of ${values.join(', ')}`;
  const nearest = typeof input === 'string' ? nearestName(input, values) : undefined;
  const guess = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return `must be one of ${values.join(', ')}, not ${shown(input)}${guess}`;
}

// zod reports the values of a discriminator and does not say so in the type.
function optionsOf(issue: object): string[] {
  return 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
}

function memberOf(input: unknown, key: string | undefined): unknown {
  if (typeof input !== 'object' || input === null || key === undefined) return input;
  return Object.getOwnPropertyDescriptor(input, key)?.value;
}

function tooSmall(origin: string, minimum: number): string {
  if (origin === 'string') return minimum === 1 ? 'is empty' : `must have ${minimum} characters`;
  if (origin === 'array') return minimum === 1 ? 'is empty' : `must have ${minimum} entries`;
  return `must be at least ${minimum}`;
}

function tooBig(origin: string, maximum: number): string {
  if (origin === 'string') return `must have at most ${maximum} characters`;
  if (origin === 'array') return `must have at most ${maximum} entries`;
  return `must be at most ${maximum}`;
}
