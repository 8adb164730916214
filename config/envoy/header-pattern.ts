// Patterns for header names, which Envoy has in lower case. Its regular expressions (RE2) cannot say
// "but not": what is wanted is listed instead. Envoy takes programs of at most a hundred steps, so
// what several names have in common stands once.

/** Printable ASCII: no name of a header has anything else. */
const least = 0x21;
const most = 0x7e;
const anyCharacter = `[${hex(least)}-${hex(most)}]`;

/** Matches each name that begins with the prefix, except one, which begins with it too. */
export function beginsWithButIsNot(prefix: string, exception: string): string {
  const rest = Array.from(exception.slice(prefix.length));
  // From the end to the beginning: the name goes on with another character, or it ends too early.
  const others = rest.reduceRight(
    (onwards, character) =>
      `(?:${anyBut(character)}${anyCharacter}*|${escaped(character)}${onwards})?`,
    `${anyCharacter}+`,
  );
  return `${escaped(prefix)}${others}`;
}

function anyBut(character: string): string {
  const code = character.charCodeAt(0);
  return `[${hex(least)}-${hex(code - 1)}${hex(code + 1)}-${hex(most)}]`;
}

function hex(code: number): string {
  return `\\x${code.toString(16)}`;
}

function escaped(text: string): string {
  return text.replace(/[^a-z0-9]/g, '\\$&');
}
