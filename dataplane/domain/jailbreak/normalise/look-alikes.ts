// Letters that readers, and models, take for a Latin one. NFKC folds full-width, mathematical, circled
// and superscript letters; these tables hold what it leaves. Drawn up by hand from the letters' shapes.

/** For each Latin letter the characters drawn like it, whatever their script and case. */
const alike: Readonly<Record<string, string>> = {
  a: 'аɑαᴀᎪꓮɐΑАⲁⲀ⍺ᗅ',
  b: 'ЬьƄʙᏏᖯΒВᏴꓐƃɓᗷв',
  c: 'сᴄСᏟꓚⲥⲤɔƈҫᑕ',
  d: 'ԁᴅᏧᑯꓓᎠđɖɗԀᗞð',
  e: 'еєҽɛᴇЕΕᎬꓰɘǝəεⲉⲈᥱҿ',
  f: 'ғƒꜰϝϜꓝᖴꞙẝ',
  g: 'ɡցɢԌᏀꓖԍɠǥᶃᏻ',
  h: 'һʜНΗᎻꓧⲎɦħҺᏂᕼнհ',
  i: 'іɪıιӏІΙɩƗᎥⲓⲒꓲ',
  j: 'јʝϳᴊЈᎫꓙɉᒍ',
  k: 'кᴋκқҟҡКΚᏦꓗⲕⲔƙ',
  l: 'ʟłɫɭᏞꓡǀᒪ',
  m: 'мᴍМΜϺᎷꓟⲘɱᗰ',
  n: 'ηոռɴΝꓠⲚɲŋƞᑎ',
  o: 'оοօσᴏОΟՕⲟⲞꓳøɵөӨ',
  p: 'рρᴘРΡᏢꓑⲣⲢƿþҏᑭ',
  q: 'ԛգɋʠԚⵕᑫ',
  r: 'ʀɾɼɽᴦᏒꓣɹⲅꭇᖇ',
  s: 'ѕꜱЅՏᏚꓢʂƨȿᔕ',
  t: 'тᴛτТΤᎢꓔⲦŧƭʈ',
  u: 'υսᴜʋՍꓴᑌʉ',
  v: 'νѵᴠѴᏙꓦᐯⱱ',
  w: 'ԝѡᴡɯωԜᎳꓪաᗯ',
  x: 'хχᕁХΧꓫⲭⲬҳ',
  y: 'уүყʏγУΥҮꓬⲨɣ',
  z: 'ᴢʐƶΖᏃꓜⲌȥɀʑ',
};

/** Alphabets that Unicode encodes as symbols of their own, in order: first code point and length. */
const symbolAlphabets: readonly (readonly [first: number, length: number])[] = [
  [0x249c, 26], // in parentheses; NFKC would keep the parentheses
  [0x1f150, 26], // white on a black circle
  [0x1f170, 26], // white on a black square
  [0x1f1e6, 26], // regional indicators
];

function buildLatinOf(): ReadonlyMap<number, string> {
  const latinOf = new Map<number, string>();
  for (const [latin, characters] of Object.entries(alike)) {
    for (const character of characters) {
      const isLower = character === character.toLowerCase();
      latinOf.set(character.codePointAt(0) ?? 0, isLower ? latin : latin.toUpperCase());
    }
  }
  return latinOf;
}

/** The Latin letter that a code point is drawn like, in its case. */
export const latinOf: ReadonlyMap<number, string> = buildLatinOf();

/**
 * The letter that a symbol stands for. These are no letters to Unicode, and must be read before
 * NFKC; two regional indicators in a row may be a flag, which is for the caller to tell.
 */
export function letterOfSymbol(codePoint: number): string | undefined {
  for (const [first, length] of symbolAlphabets) {
    const index = codePoint - first;
    if (index >= 0 && index < length) return String.fromCharCode(0x61 + index);
  }
  return undefined;
}

// Latin letters of living languages: ø, ł and ı below this code point, and some phonetic ones.
const firstDisguise = 0x250;
const spellings: ReadonlySet<string> = new Set('ɓɗɖɛɔəɣɩʋɨʉ');

/** Look-alikes that no language writes in one word with Latin letters. */
export const disguises: ReadonlySet<number> = new Set(
  [...latinOf.keys()].filter(
    (codePoint) => codePoint >= firstDisguise && !spellings.has(String.fromCodePoint(codePoint)),
  ),
);

/** One character of those given, wherever it stands. */
export function anyOf(codePoints: Iterable<number>, flags: 'u' | 'gu'): RegExp {
  const escapes = Array.from(codePoints, (codePoint) => `\\u{${codePoint.toString(16)}}`);
  return new RegExp(`[${escapes.join('')}]`, flags);
}
