// Text of users inside the CEL expressions that we write: as a literal and never as code.

/** A CEL string literal that stands for exactly `text`; half a surrogate pair becomes U+FFFD. */
export function celString(text: string): string {
  const escaped = text
    .toWellFormed()
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll(invisible, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${escaped}"`;
}

/** A CEL list of string literals. */
export function celStrings(texts: readonly string[]): string {
  return `[${texts.map(celString).join(', ')}]`;
}

/** `condition ? value : …` for the first condition that holds, else `otherwise`. */
export function celChoice(
  choices: readonly { readonly condition: string; readonly value: string }[],
  otherwise: string,
): string {
  return [...choices.map(({ condition, value }) => `${condition} ? ${value}`), otherwise].join(
    ' : ',
  );
}

// Control characters, which a literal may not hold as they are, and what turns the text around it
// invisible or backwards for a reader.
const invisible = /[\p{Cc}\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;
