// Patterns for header names, which Envoy has in lower case. Its regular expressions (RE2) cannot say
// "but not": what is wanted is listed instead.

/**
 * Matches each name that begins with the prefix, except one, which begins with it too. Every part of
 * it stands once, for Envoy takes only small programs.
 */
export function beginsWithButIsNot(prefix: string, exception: string): string {
  const rest = exception.slice(prefix.length);
  // It goes on with another character at some place, or where the exception ends: `[^c]|c(?:[^a]|a.)`.
  let deviating = '.';
  // It ends too early: `(?:c(?:a)?)?`.
  let early = '';
  for (let index = rest.length - 1; index >= 0; index -= 1) {
    const character = escaped(rest.charAt(index));
    deviating = `(?:[^${character}]|${character}${deviating})`;
    if (index < rest.length - 1) early = `(?:${character}${early})?`;
  }
  return `${escaped(prefix)}(?:${deviating}.*|${early})`;
}

function escaped(text: string): string {
  return text.replace(/[^a-z0-9]/g, '\\$&');
}
