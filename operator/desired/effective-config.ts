// The configuration that the pods are given: the user's own, with what the spec adds to it. It is
// checked here as the router will check it, so that no pod is given one that it would refuse.
import { stringify } from 'yaml';
import { contentHash } from '../../config/content-hash.ts';
import { interpretConfig } from '../../config/interpret.ts';
import { billingMode } from '../../config/mode.ts';
import { formatProblem, parseConfig } from '../../config/parse.ts';
import type { RouterConfig } from '../../config/schema/index.ts';
import { formatFinding, type Finding } from '../../config/source/problem.ts';
import { readYaml } from '../../config/source/yaml.ts';
import type { Spec } from '../resource/spec.ts';
import type { EffectiveConfig } from './context.ts';
import { configKey } from './names.ts';
import { addIdentity } from './identity-overlay.ts';

/** Where the user's configuration is. */
export type ConfigSource =
  /** `spec.config`. */
  | { readonly kind: 'inline'; readonly value: unknown }
  /** A text that somebody else keeps; `where` names it, such as `configmap/models[config.yaml]`. */
  | { readonly kind: 'text'; readonly text: string; readonly where: string };

export type EffectiveConfigResult =
  | {
      readonly ok: true;
      readonly config: EffectiveConfig;
      readonly warnings: readonly string[];
    }
  | {
      readonly ok: false;
      /** Each with its place: `spec.config.decisions[0]…` or `configmap/models[config.yaml]:41: …`. */
      readonly problems: readonly string[];
      readonly warnings: readonly string[];
    };

/** Never throws. The same input gives the same text, byte for byte. */
export function effectiveConfig(
  source: ConfigSource,
  spec: Pick<Spec, 'auth'>,
): EffectiveConfigResult {
  const read = source.kind === 'inline' ? readInline(source.value) : readText(source);
  if (!read.ok) return read;
  const { value, config } = read;
  const added = addIdentity({ value, config }, spec.auth);
  const text = added === value && source.kind === 'text' ? source.text : write(added);
  const parsed = parseConfig(text, configKey);
  // Of what the spec adds the user need not be told that it is missing.
  const left = new Set(parsed.warnings.map(({ message }) => message));
  const warnings = read.warnings.filter(({ message }) => left.has(message)).map(({ line }) => line);
  if (!parsed.ok) {
    const place = source.kind === 'inline' ? 'spec.config' : source.where;
    const problems = parsed.problems.map((problem) => `${place}: ${formatProblem(problem)}`);
    return { ok: false, problems, warnings };
  }
  return { ok: true, config: describe(text, parsed.config), warnings };
}

/** What a configuration says that was written by `effectiveConfig`; undefined when it says nothing. */
export function readEffectiveConfig(text: string): EffectiveConfig | undefined {
  const parsed = parseConfig(text, configKey);
  return parsed.ok ? describe(text, parsed.config) : undefined;
}

function describe(text: string, value: RouterConfig): EffectiveConfig {
  return { text, hash: contentHash(text), value, mode: billingMode(value) };
}

type Read =
  | {
      readonly ok: true;
      /** As the user wrote it. */
      readonly value: unknown;
      readonly config: RouterConfig;
      readonly warnings: readonly Warning[];
    }
  | Extract<EffectiveConfigResult, { readonly ok: false }>;

/** Of the configuration as the user wrote it. */
interface Warning {
  readonly message: string;
  /** With its place. */
  readonly line: string;
}

function readInline(value: unknown): Read {
  const place = ({ path, message }: Finding): string =>
    formatFinding({ path: ['spec', 'config', ...path], message });
  const result = interpretConfig(value);
  return result.ok
    ? { ok: true, value, config: result.config, warnings: withLines(result.warnings, place) }
    : {
        ok: false,
        problems: result.problems.map(place),
        warnings: result.warnings.map(place),
      };
}

function readText({ text, where }: Extract<ConfigSource, { readonly kind: 'text' }>): Read {
  const parsed = parseConfig(text, where);
  if (!parsed.ok) {
    const warnings = parsed.warnings.map(formatProblem);
    return { ok: false, problems: parsed.problems.map(formatProblem), warnings };
  }
  const source = readYaml(text);
  return {
    ok: true,
    value: source.ok ? source.value : undefined,
    config: parsed.config,
    warnings: withLines(parsed.warnings, formatProblem),
  };
}

function withLines<Found extends { readonly message: string }>(
  found: readonly Found[],
  format: (one: Found) => string,
): Warning[] {
  return found.map((one) => ({ message: one.message, line: format(one) }));
}

/** Keys in order: the API server keeps none, and the hash must not depend on who read the resource. */
function write(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0, sortMapEntries: true });
}
