// A flat configuration in the making: what a step collects while it takes an other form apart.
import { nearestName } from '../source/nearest-name.ts';
import type { Finding, Path } from '../source/problem.ts';
import { isRaw, type Move, type Normalised, type Raw } from './normalised.ts';

export class Draft {
  readonly moves: Move[] = [];
  readonly problems: Finding[] = [];
  readonly warnings: Finding[] = [];
  readonly #value: Record<string, unknown>;

  /** `kept` are the top-level keys that are in the flat form already. */
  constructor(kept: Raw) {
    this.#value = { ...kept };
  }

  /** Remembers that what stands at `to` in the result was written at `from`. */
  move(to: Path, from: Path): void {
    this.moves.push({ to, from });
  }

  refuse(path: Path, message: string): void {
    this.problems.push({ path, message });
  }

  warn(path: Path, message: string): void {
    this.warnings.push({ path, message });
  }

  /** Makes `value`, written at `from`, a section of the result; undefined makes none. */
  section(name: string, from: Path, value: unknown): void {
    if (value === undefined) return;
    if (this.#value[name] !== undefined) {
      this.refuse(from, `stands beside \`${name}\`, which means the same; use one of them`);
      return;
    }
    this.move([name], from);
    this.#value[name] = value;
  }

  /** Warns of the keys of an object that are not among the known ones. */
  expect(value: unknown, known: readonly string[], path: Path): void {
    if (!isRaw(value)) return;
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue;
      const nearest = nearestName(key, known);
      const guess = nearest === undefined ? '' : `; did you mean \`${nearest}\`?`;
      this.warn([...path, key], `is no known key and is ignored${guess}`);
    }
  }

  finish(): Normalised {
    const { moves, problems, warnings } = this;
    return { value: this.#value, moves, problems, warnings };
  }
}

/** An object without some of its keys. */
export function without(value: Raw, keys: readonly string[]): Raw {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

/** An object without the members that are undefined. */
export function defined(value: Raw): Raw {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}

/** A member of what may be an object; undefined when it is none, or has no such key of its own. */
export function memberOf(value: unknown, key: string): unknown {
  return isRaw(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
