// English words without their inflection: `debugging`, `debugged` and `debugs` are one stem. It goes by
// the first and last step of Porter's algorithm (1980), which is what plurals and verbs need; words
// that only have a root in common (`organ`, `organise`) stay apart, and so does every other language.

const vowel = /[aeiou]/;

/** The stem of a word in lower case. */
export function stem(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  return withoutFinalE(withoutFinalY(withoutVerbEnding(withoutPlural(word))));
}

function withoutPlural(word: string): string {
  if (word.endsWith('sses') || word.endsWith('ies')) return word.slice(0, -2);
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

function withoutVerbEnding(word: string): string {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const ending = word.endsWith('ed') ? 2 : word.endsWith('ing') ? 3 : 0;
  const rest = word.slice(0, word.length - ending);
  if (ending === 0 || !hasVowel(rest)) return word;
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (/([^aeioulsz])\1$/.test(rest)) return rest.slice(0, -1);
  return measure(rest) === 1 && endsShort(rest) ? `${rest}e` : rest;
}

function withoutFinalY(word: string): string {
  return word.endsWith('y') && hasVowel(word.slice(0, -1)) ? `${word.slice(0, -1)}i` : word;
}

function withoutFinalE(word: string): string {
  if (!word.endsWith('e')) return word;
  const rest = word.slice(0, -1);
  const size = measure(rest);
  return size > 1 || (size === 1 && !endsShort(rest)) ? rest : word;
}

function hasVowel(text: string): boolean {
  return vowel.test(text) || /.y/.test(text);
}

/** How often vowels are followed by consonants: what Porter calls m. */
function measure(text: string): number {
  const kinds = Array.from(text, (letter, at) => {
    if (vowel.test(letter)) return 'v';
    return letter === 'y' && at > 0 && !vowel.test(text[at - 1] ?? '') ? 'v' : 'c';
  }).join('');
  return kinds.match(/v+c+/g)?.length ?? 0;
}

/** Whether it ends in consonant, vowel, consonant, the last no w, x or y: what takes an `e`. */
function endsShort(text: string): boolean {
  return /[^aeiou][aeiouy][^aeiouwxy]$/.test(text);
}
