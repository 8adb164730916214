// The placeholders that stand for personal data in one request, and what they stand for. It lives as
// long as the request; nothing of it is logged or kept.

/** What a placeholder looks like: `<PERSON_1>`. */
export const placeholderPattern = /<[A-Z][A-Z_]*_\d{1,9}>/g;

/** Shorter values are words and numbers like any other where nobody found them. */
const shortestHidden = { name: 3, other: 5 } as const;

export class Placeholders {
  readonly #values = new Map<string, string>();
  readonly #byValue = new Map<string, string>();
  readonly #taken: ReadonlySet<string>;
  readonly #counts = new Map<string, number>();

  /** `texts`: those in which placeholders will stand; what looks like one there is left alone. */
  constructor(texts: readonly string[]) {
    this.#taken = new Set(texts.flatMap((text) => text.match(placeholderPattern) ?? []));
  }

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  /** The placeholder of a value: the same one whenever the value comes again under its type. */
  of(type: string, value: string): string {
    const key = `${type} ${value}`;
    const known = this.#byValue.get(key);
    if (known !== undefined) return known;
    let number = this.#counts.get(type) ?? 0;
    let placeholder: string;
    do {
      number += 1;
      placeholder = `<${type}_${number}>`;
    } while (this.#taken.has(placeholder));
    this.#counts.set(type, number);
    this.#byValue.set(key, placeholder);
    this.#values.set(placeholder, value);
    return placeholder;
  }

  /**
   * The text with the placeholders of values that stand in it by themselves, although nobody found
   * them there. `isJson`: the text is JSON, so that values are escaped in it.
   */
  hide(text: string, isJson = false): string {
    const present = new Map<string, string>();
    for (const [placeholder, value] of this.#values) {
      if (!isTelling(placeholder, value)) continue;
      for (const form of isJson ? [value, insideJson(value)] : [value]) {
        if (text.includes(form)) present.set(form, placeholder);
      }
    }
    if (present.size === 0) return text;
    const forms = [...present.keys()].sort((a, b) => b.length - a.length);
    // Neither a part of a word nor of a placeholder.
    const pattern = new RegExp(
      `(?<![\\p{L}\\p{M}\\p{N}_])(?:${forms.map((form) => escaped(form)).join('|')})(?![\\p{L}\\p{M}\\p{N}_])`,
      'gu',
    );
    return text.replace(pattern, (form) => present.get(form) ?? form);
  }

  /** The text with every placeholder of ours turned back into its value, as `spell` writes it. */
  restore(text: string, spell: (value: string) => string = asItIs): string {
    return text.replace(placeholderPattern, (found) => {
      const value = this.#values.get(found);
      return value === undefined ? found : spell(value);
    });
  }

  /** Length of the end of the text with which a placeholder of ours may begin. */
  openEnd(text: string): number {
    const start = text.lastIndexOf('<');
    if (start < 0) return 0;
    const end = text.slice(start);
    for (const placeholder of this.#values.keys()) {
      if (placeholder.length > end.length && placeholder.startsWith(end)) return end.length;
    }
    return 0;
  }
}

/** A number of few digits is an age here and a sum there. */
function isTelling(placeholder: string, value: string): boolean {
  const shortest = placeholder.startsWith('<PERSON_') ? shortestHidden.name : shortestHidden.other;
  return value.length >= shortest;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

/** As a value is spelt within a JSON string. */
export function insideJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function asItIs(value: string): string {
  return value;
}
