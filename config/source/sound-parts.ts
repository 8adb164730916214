// What is left of a configuration when the entries that the schema refuses are taken out, so that
// the others can be checked against each other and everything wrong is told at once.
import { originOf, isRaw, type Move, type Raw } from '../legacy/normalised.ts';
import { routerConfigSchema, type RouterConfig, type Section } from '../schema/index.ts';
import type { Finding, Path } from './problem.ts';

export interface SoundParts {
  readonly sections: Partial<RouterConfig>;
  /**
   * The findings about the sections as findings about the whole, without those that are there only
   * because an entry was taken out: nobody knows whether its name would have been right.
   */
  readonly restore: (findings: readonly Finding[]) => Finding[];
}

/** `issues` are the places that the schema refuses in `value`. */
export function soundParts(value: Raw, issues: readonly Path[]): SoundParts {
  const broken = new Map<string, Set<string | number>>();
  for (const [section, entry = ''] of issues) {
    if (typeof section !== 'string') continue;
    const entries = broken.get(section) ?? new Set<string | number>();
    broken.set(section, entries.add(entry));
  }
  const moves: Move[] = [];
  const lost = new Set<unknown>();
  const sections: Partial<Record<Section, unknown>> = {};
  for (const [section, schema] of Object.entries(routerConfigSchema.shape)) {
    const whole = Object.hasOwn(value, section) ? value[section] : undefined;
    const without = broken.get(section);
    const parsed = schema.safeParse(
      without === undefined ? whole : takeOut(whole, without, { section, moves, lost }),
    );
    if (parsed.success) sections[section as Section] = parsed.data;
  }
  return {
    // Each section was parsed by its own schema.
    sections: sections as Partial<RouterConfig>,
    restore: (findings) =>
      findings
        .map(({ path, message }) => ({ path: originOf(path, moves), message }))
        .filter(({ path }) => !lost.has(valueAt(value, path))),
  };
}

interface Losses {
  readonly section: string;
  readonly moves: Move[];
  readonly lost: Set<unknown>;
}

/** The list or map without some entries; null, which no section accepts, where it is neither. */
function takeOut(
  whole: unknown,
  without: ReadonlySet<string | number>,
  { section, moves, lost }: Losses,
): unknown {
  if (Array.isArray(whole)) {
    const kept: unknown[] = [];
    for (const [index, entry] of whole.entries()) {
      if (without.has(index)) lost.add(isRaw(entry) ? entry['name'] : entry);
      else {
        moves.push({ to: [section, kept.length], from: [section, index] });
        kept.push(entry);
      }
    }
    return kept;
  }
  if (!isRaw(whole) || !mapSections.has(section)) return null;
  for (const name of without) lost.add(name);
  return Object.fromEntries(Object.entries(whole).filter(([name]) => !without.has(name)));
}

const mapSections: ReadonlySet<string> = new Set<Section>(['model_config', 'reasoning_families']);

function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = Object.getOwnPropertyDescriptor(current, step)?.value;
  }
  return current;
}
