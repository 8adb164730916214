// A prompt as plain lower-case words are found in: typographic forms undone, contractions written out.

const replacements: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019\u201a\u2032`\u00b4]/g, "'"],
  [/[\u201c\u201d\u201e\u2033\u00ab\u00bb]/g, '"'],
  [/[\u2010-\u2015\u2212]/g, '-'],
  [/\u2026/g, '...'],
  [/\s+/g, ' '],
];

/** Compatibility forms, quotes, dashes and blanks in one form each; case stays. */
export function plainText(text: string): string {
  let plain = text.normalize('NFKC');
  for (const [pattern, by] of replacements) plain = plain.replace(pattern, by);
  return plain.trim();
}

const contractions: readonly (readonly [RegExp, string])[] = [
  [/\bcan't\b/gi, 'can not'],
  [/\bcannot\b/gi, 'can not'],
  [/\bwon't\b/gi, 'will not'],
  [/\bshan't\b/gi, 'shall not'],
  [/\b(\w+)n't\b/gi, '$1 not'],
  [/\b(do|does|did|is|are|was|were|has|have|had|could|should|would)nt\b/gi, '$1 not'],
  [/\bcant\b/gi, 'can not'],
  [/\bi'm\b/gi, 'I am'],
  [/\blet's\b/gi, 'let us'],
  [/\b(what|who|where|when|how|why|that|there|it|he|she|here)'s\b/gi, '$1 is'],
  [/\bwhats\b/gi, 'what is'],
  [/\bhows\b/gi, 'how is'],
  [/\bwheres\b/gi, 'where is'],
  [/\b(\w+)'re\b/gi, '$1 are'],
  [/\b(\w+)'ve\b/gi, '$1 have'],
  [/\b(\w+)'ll\b/gi, '$1 will'],
  [/\b(\w+)'d\b/gi, '$1 would'],
  [/(\w)'s\b/g, '$1'],
  [/\b(?:stop|keep|prevent) ((?:[\w-]+ ){1,4})from\b/gi, 'prevent $1from'],
  [/s'(?=\s|$)/g, 's'],
];

/** Contractions written out, and the genitive's mark left away. */
export function expanded(plain: string): string {
  let text = plain;
  for (const [pattern, by] of contractions) text = text.replace(pattern, by);
  return text;
}
