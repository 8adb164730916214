// Patterns for header names, which Envoy has in lower case. Its regular expressions (RE2) cannot say
// "but not": what is wanted is listed instead.

/** Matches each name that begins with the prefix, except one, which begins with it too. */
export function beginsWithButIsNot(prefix: string, exception: string): string {
  const rest = exception.slice(prefix.length);
  // It ends too early, goes on with another character, or goes on where the exception ends.
  const others = Array.from({ length: rest.length }, (_, index) => {
    const same = escaped(rest.slice(0, index));
    return `${same}|${same}[^${escaped(rest.charAt(index))}].*`;
  });
  return `${escaped(prefix)}(?:${[...others, `${escaped(rest)}.+`].join('|')})`;
}

function escaped(text: string): string {
  return text.replace(/[^a-z0-9]/g, '\\$&');
}
