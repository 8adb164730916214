// What the user wants: the spec and the configuration, from what they wrote, or what is wrong with it.
// Pure; it knows no cluster, and nothing of what was wanted before.
import type { EffectiveConfig } from './desired/context.ts';
import { effectiveConfig } from './desired/effective-config.ts';
import type { ConfigSource } from './observed.ts';
import type { Verdict } from './reasons.ts';
import { noticesOfSpec } from './resource/notices.ts';
import { parseResource, type ResourceFinding } from './resource/parse-resource.ts';
import type { SemanticRouterMaas } from './resource/semantic-router-maas.ts';
import type { Spec } from './resource/spec.ts';

export type Accepted = Verdict & { readonly type: 'Accepted' };

export interface Wanted {
  /** Whether what the user wrote can be used. */
  readonly accepted: Accepted;
  /** Why it cannot be used, each with its path; empty when it can. */
  readonly problems: readonly string[];
  /** What the author of a right resource should know all the same. */
  readonly warnings: readonly string[];
  /** The spec with its defaults; undefined when it cannot be read. */
  readonly spec: Spec | undefined;
  /** The configuration that the user wants; undefined when it cannot be used. */
  readonly config: EffectiveConfig | undefined;
}

export type ReadWanted = (resource: SemanticRouterMaas, source: ConfigSource) => Wanted;

export const readWanted: ReadWanted = (resource, source) => {
  const parsed = parseResource(resource);
  if (!parsed.ok) {
    const refusal = refused('InvalidSpec', parsed.problems.map(sentence));
    return { ...refusal, warnings: parsed.warnings.map(sentence), spec: undefined };
  }
  const { spec } = parsed;
  const told = [...parsed.warnings, ...noticesOfSpec(spec)].map(sentence);
  if (source.kind === 'missing') {
    return { ...refused('ConfigNotFound', [source.message]), warnings: told, spec };
  }
  const result = effectiveConfig(
    source.kind === 'found'
      ? { kind: 'text', text: source.text, where: source.where }
      : { kind: 'inline', value: spec.config },
    spec,
  );
  const warnings = [...told, ...result.warnings];
  if (!result.ok) return { ...refused('InvalidConfig', result.problems), warnings, spec };
  return { accepted: valid, problems: [], warnings, spec, config: result.config };
};

/** Characters of configuration that are remembered: seven bytes each, seen with one of 1,360. */
const mostCharacters = 4_000_000;

/**
 * The same, remembered: a resource is looked at again whenever something happens to what it owns,
 * and its spec has most often not changed since. What was used last is kept.
 */
export function rememberWanted(most = mostCharacters): ReadWanted {
  const known = new Map<string, Known>();
  let characters = 0;
  const drop = (uid: string): void => {
    characters -= known.get(uid)?.characters ?? 0;
    known.delete(uid);
  };
  return (resource, source) => {
    const { uid, generation } = resource.metadata;
    const before = known.get(uid);
    const isSame = before?.generation === generation && isSameSource(before.source, source);
    const wanted = isSame ? before.wanted : readWanted(resource, source);
    drop(uid);
    const entry = { generation, source, wanted, characters: sizeOf(wanted) };
    known.set(uid, entry);
    characters += entry.characters;
    for (const oldest of known.keys()) {
      if (characters <= most) break;
      drop(oldest);
    }
    return wanted;
  };
}

interface Known {
  /** The API server counts changes of the spec. */
  readonly generation: number;
  readonly source: ConfigSource;
  readonly wanted: Wanted;
  readonly characters: number;
}

function isSameSource(one: ConfigSource, other: ConfigSource): boolean {
  if (one.kind === 'found' && other.kind === 'found') {
    return one.text === other.text && one.where === other.where;
  }
  if (one.kind === 'missing' && other.kind === 'missing') return one.message === other.message;
  return one.kind === other.kind;
}

/** Without a configuration, as much as the smallest ones take. */
function sizeOf({ config }: Wanted): number {
  return Math.max(config?.text.length ?? 0, 1_000);
}

const valid: Accepted = {
  type: 'Accepted',
  status: 'True',
  reason: 'Valid',
  message: 'The resource is used as it is.',
};

function refused(
  reason: Accepted['reason'],
  problems: readonly string[],
): Pick<Wanted, 'accepted' | 'problems' | 'config'> {
  const message = problems.join('\n');
  const accepted: Accepted = { type: 'Accepted', status: 'False', reason, message };
  return { accepted, problems, config: undefined };
}

function sentence({ path, message }: ResourceFinding): string {
  return path === '' ? message : `${path}: ${message}`;
}
