// Patterns of our schemas in the dialect of the API server: Go's RE2, which knows less than
// JavaScript and takes a few things differently.

/** What JavaScript's `\s` stands for; RE2's is ASCII only. */
const blanks =
  '\\t\\n\\x0b\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';

/** Throws where a pattern cannot be said in RE2, so that nobody commits it. */
export function re2Pattern(source: string): string {
  let inClass = false;
  return source.replace(/\\u[0-9a-f]{4}|\\.|\(\?[^:]|[[\]]/gi, (token) => {
    if (token === '[' && !inClass) inClass = true;
    else if (token === ']') inClass = false;
    else if (token.startsWith('(?') && !inClass) {
      throw new Error(`RE2 has no ${token} of ${source}`);
    } else if (/^\\[1-9]$/.test(token)) throw new Error(`RE2 has no back reference: ${source}`);
    else if (token === '\\s') return inClass ? blanks : `[${blanks}]`;
    else if (/^\\u/i.test(token)) return `\\x{${token.slice(2)}}`;
    return token;
  });
}
