// Which scripts a text is written in: what a model that knows some scripts alone has to ask first.

/** Looks like the name of a script in Unicode, such as `Latin`, `Cyrillic` or `Han`. */
export function isScript(name: string): boolean {
  try {
    scriptPattern([name]);
    return /^[A-Za-z_]+$/.test(name);
  } catch {
    return false;
  }
}

export type ScriptTest = (text: string) => boolean;

// Beyond this many characters a text has shown what it is written in.
const looksAt = 20_000;
// A loan word or a name in another script is no reason to abstain; a second language is.
const smallestShare = 0.7;

/**
 * Tells whether a text is mostly in one of the scripts: at least 70 % of its letters. A text without
 * letters is in every script. Of a long text its first and last 10,000 characters count.
 */
export function compileScriptTest(scripts: readonly string[]): ScriptTest {
  const own = scriptPattern(scripts);
  return (text) => {
    const seen =
      text.length <= looksAt ? text : text.slice(0, looksAt / 2) + text.slice(-looksAt / 2);
    const letters = countMatches(seen, /\p{L}/gu);
    return letters === 0 || countMatches(seen, own) >= smallestShare * letters;
  };
}

function scriptPattern(scripts: readonly string[]): RegExp {
  const anyOf = scripts.map((script) => `\\p{Script=${script}}`).join('');
  // A letter, and of the script: both properties of one character.
  return new RegExp(`(?=\\p{L})[${anyOf}]`, 'gu');
}

function countMatches(text: string, pattern: RegExp): number {
  let count = 0;
  pattern.lastIndex = 0;
  while (pattern.test(text)) count++;
  return count;
}
