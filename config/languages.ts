// The languages that language signals can tell, by ISO 639-1 code: those of the detector, and those
// that a script gives away.

/** What the detector (eld) knows. */
const detected =
  'am ar az be bg bn ca cs da de el en es et eu fa fi fr gu he hi hr hu hy is it ja ka kn ko ku lo lt ' +
  'lv ml mr ms nl no or pa pl pt ro ru sk sl sq sr sv ta te th tl tr uk ur vi yo zh';

/** Told by their script alone. */
const written = 'km my si bo';

export const knownLanguages: ReadonlySet<string> = new Set(`${detected} ${written}`.split(' '));
