// The placeholders that stand for personal data in one request, and what they stand for. It lives as
// long as the request; nothing of it is logged or kept.

/** What a placeholder looks like: `<PERSON_1>`. */
const pattern = /<[A-Z][A-Z_]*_\d{1,9}>/g;

export class Placeholders {
  readonly #values = new Map<string, string>();
  readonly #byValue = new Map<string, string>();
  readonly #taken: ReadonlySet<string>;
  readonly #counts = new Map<string, number>();

  /** `texts`: those in which placeholders will stand; what looks like one there is left alone. */
  constructor(texts: readonly string[]) {
    this.#taken = new Set(texts.flatMap((text) => text.match(pattern) ?? []));
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

  /** The text with every placeholder of ours turned back into its value, as `spell` writes it. */
  restore(text: string, spell: (value: string) => string = asItIs): string {
    return text.replace(pattern, (found) => {
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

function asItIs(value: string): string {
  return value;
}
