// Words that carry no content of their own, by what is done with them: left out, or counted.

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Left out wherever they stand. */
export const silentWords = words(`
a an the this that these those there here it its itself thing things stuff
i me my mine myself we us our ours ourselves you
someone somebody anyone anybody everybody everyone people person persons
and of in on at by for with about regarding concerning to as onto upon via using
please kindly pls plz thanks thank hi hello hey dear so well ok okay oh um hmm
just really actually basically simply exactly currently possibly perhaps maybe
also too very quite rather any some which what who whom whose where when why how
possible properly proper correctly main typical usual usually normally generally one ones
`);

/** Left out as auxiliary verbs; a term behind an article: a will, a can. */
export const modalWords = words(
  'is are am be been being was were will shall would can could may might must should ought cannot',
);

/** Auxiliary verbs that may as well be all that a sentence does. */
export const doubleVerbs = words('do does did doing done have has had having');

/** Left out before `to`: what follows is what is wanted. */
export const wishes = words('want wants like need able going wish have has had');

/** Behind these, `me` says for whom, and could be left out. */
export const givingVerbs = words(`give tell show write make send find get recommend suggest draft
generate create teach help let bring offer sing draw cook`);

/** In questions about words, every word may be what is asked for. */
export const languageWords =
  words(`plural singular tense verb noun pronoun preposition adverb adjective
conjunction article spell spelling spelled pronounce pronounced pronunciation synonym synonyms antonym antonyms
opposite opposites conjugate conjugation grammar grammatically word words phrase phrases suffix prefix letter
apostrophe comma abbreviation acronym rhyme rhymes translate translation mean means meaning use`);

/** Counted: two questions must have the same of them. Synonyms stand under one name. */
export const particles: ReadonlyMap<string, string> = new Map(
  `or; nor; all every each entire whole; most; many much lots; few; several; only solely exclusively; both;
  either; less fewer; more; than; enough; again; already; still; yet; ever; always; sometimes; never;
  twice; next; previous prior; last final; other another else others; same identical; different;
  even; before; after afterwards; since; until till; during; while when whilst; from; out; off; over above;
  under below beneath underneath; between; among amongst; against; through; across; within; beyond; behind;
  outside; inside; except besides excluding; instead; despite; if; unless; without; up; down; away;
  because; per; like; along; around; toward towards; near; left; first; least; together; alone`
    .split(';')
    .flatMap((group) => {
      const names = group.trim().split(/\s+/);
      return names.map((name) => [name, names[0] ?? name] as const);
    }),
);

/** By what is denied: a thing, or what is said of it. */
export const negators: ReadonlyMap<string, 'no' | 'not'> = new Map([
  ...'no none nobody nothing nowhere neither nor'.split(' ').map((word) => [word, 'no'] as const),
  ...'not never without cannot hardly barely unable non'
    .split(' ')
    .map((word) => [word, 'not'] as const),
]);

/** Particles that belong to the next word: only humans cry, humans only cry. */
export const focusing = words('only even all most more less few');

/** Whose: `my` stands for whoever asks. */
export const owners: ReadonlyMap<string, string> = new Map([
  ['your', 'your'],
  ['yours', 'your'],
  ['yourself', 'your'],
  ['his', 'his'],
  ['her', 'her'],
  ['hers', 'her'],
  ['their', 'their'],
  ['theirs', 'their'],
  ['he', 'he'],
  ['him', 'he'],
  ['she', 'she'],
  ['they', 'they'],
  ['them', 'they'],
]);

/** Prepositions that tell what part a word plays; `into` is `to`, for conversions. */
export const roleWords: ReadonlyMap<string, string> = new Map(
  'to from in on at by for with of as than over under before after between against about into'
    .split(' ')
    .map((word) => [word, word === 'into' ? 'to' : word] as const),
);

export const pastWords = words('was were did had');
export const presentWords = words('is are am do does has have');
export const futureWords = words('will shall');

/** What a question that wants yes or no begins with, and what kind of yes it wants. */
export const auxiliaries: ReadonlyMap<string, string> = new Map([
  ...'is are am was were do does did has have had'.split(' ').map((w) => [w, 'fact'] as const),
  ...'can could may might'.split(' ').map((w) => [w, 'can'] as const),
  ...'should ought'.split(' ').map((w) => [w, 'should'] as const),
  ...'must shall'.split(' ').map((w) => [w, 'must'] as const),
  ...'will would'.split(' ').map((w) => [w, 'will'] as const),
]);

/**
 * Words whose answer is another one tomorrow. Some languages beside English, since also identical
 * questions are answered again.
 */
export const timeWords = words(`
now today tonight tomorrow yesterday nowadays currently current latest newest recent recently ago
upcoming weather forecast news headlines stock stocks
heute jetzt gestern morgen aktuell aktuelle derzeit aujourd'hui maintenant hier demain actuellement
hoy ahora ayer mañana actual actualmente oggi adesso ieri domani attualmente hoje agora ontem amanhã
vandaag gisteren nu dzisiaj teraz wczoraj jutro сегодня сейчас вчера завтра
`);

/** `this week`, `next year`: with these before them, units of time say when. */
export const timeUnits =
  words(`week weekend month year quarter season morning afternoon evening night
monday tuesday wednesday thursday friday saturday sunday semester century decade`);
export const timePointers = words('this next last coming past');

/** Written without spaces, so looked for anywhere. */
export const timeSigns: readonly string[] = [
  '今天',
  '现在',
  '昨天',
  '明天',
  '最新',
  '今日',
  '昨日',
  '明日',
  '最近',
  '오늘',
  '지금',
  '어제',
  '내일',
];
