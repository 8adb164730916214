// Names of people where a text says that one follows: an introduction, a title, a greeting, the end of
// a letter. All other names are left to a model.
import type { PiiSpan } from '../../findings.ts';
import { nameWord, nameWords, noNames } from '../names.ts';

const given = String.raw`(?<name>${nameWords})`;

const kin =
  '(?:daughter|son|wife|husband|mother|father|mum|mom|dad|sister|brother|uncle|aunt|cousin|niece|nephew|' +
  'grandmother|grandfather|grandson|granddaughter|girlfriend|boyfriend|fiancée?|partner|kid|child|twin)';
const acquaintance =
  '(?:friend|boss|colleague|coworker|co-worker|neighbou?r|roommate|flatmate|ex|manager|landlord|tenant|' +
  'dentist|lawyer|therapist|doctor|teacher|nanny|client|assistant|supervisor|accountant)';
const somebody =
  '(?:man|woman|boy|girl|person|guy|lady|patient|client|customer|student|employee|child|colleague)';

interface Cue {
  readonly pattern: RegExp;
  readonly score: number;
}

const cues: readonly Cue[] = [
  {
    pattern: cue(
      String.raw`\b[Nn]ames?(?: is|'s| was| on it is)(?: (?:Mr|Mrs|Ms|Miss|Dr)\.?)?:? ${given}`,
    ),
    score: 0.85,
  },
  {
    pattern: cue(
      String.raw`\b(?:[Ff]ull|[Ff]irst|[Ll]ast|[Ss]ur|[Gg]iven|[Ff]amily|[Cc]ustomer|[Pp]atient|[Ee]mployee|[Cc]ontact|[Aa]pplicant|[Pp]assenger)[ _-]?[Nn]ame ?[:=] ?"?${given}`,
    ),
    score: 0.8,
  },
  {
    pattern: cue(
      String.raw`\b(?:M[rs]|Mrs|Mx|Dr|Prof|Herr|Frau|Sr|Sra|Mme)\b\.? (?:Dr\. )?${given}`,
    ),
    score: 0.85,
  },
  {
    pattern: cue(String.raw`\b(?:Miss|Professor|Doctor|Monsieur|Madame|Señora?|Signora?) ${given}`),
    score: 0.75,
  },
  { pattern: cue(String.raw`(?:^|[\n"'(])(?:Dear|Hi|Hello|Hey) ${given}(?=[,!:\n])`), score: 0.75 },
  {
    pattern: cue(String.raw`\b(?:[Tt]his is|[Ii]t's) ${given} (?:speaking|calling|here|from)\b`),
    score: 0.8,
  },
  {
    pattern: cue(
      String.raw`\b(?:[Rr]egards|[Ss]incerely|[Cc]heers|[Yy]ours|[Tt]hanks|[Tt]hank you|[Bb]est|[Ww]ishes|[Ll]ove|[Ss]igned),\s{1,4}${given}(?=\s*(?:$|\n))`,
    ),
    score: 0.75,
  },
  {
    pattern: cue(
      String.raw`\b(?:[Mm]y|[Hh]is|[Hh]er|[Oo]ur|[Tt]heir) (?:\p{Ll}{2,12} )?(?:${kin}|${acquaintance}),? ${given}`,
    ),
    score: 0.75,
  },
  { pattern: cue(String.raw`\b${somebody} (?:named|called|by the name of) ${given}`), score: 0.75 },
  { pattern: cue(String.raw`\b[Cc]all(?:s|ed)? me ${given}`), score: 0.75 },
  {
    pattern: cue(
      String.raw`(?<![\p{L}\p{M}])${given}(?=['’]s (?:${kin}|birthday|funeral|wedding|address|phone number|date of birth)\b)`,
    ),
    score: 0.75,
  },
  {
    pattern: cue(
      String.raw`\b(?:[Aa]sk|[Tt]ell|[Rr]emind|[Ii]nvite|[Tt]hank) ${given} (?:to|that|for|about|whether|if|not)\b`,
    ),
    score: 0.6,
  },
  { pattern: cue(String.raw`\b(?:I am|I'm) ${given}(?=[,.!\n]| and | from )`), score: 0.6 },
];

function cue(pattern: string): RegExp {
  return new RegExp(pattern, 'gu');
}

export function* findPeople(text: string): Generator<PiiSpan> {
  for (const { pattern, score } of cues) {
    for (const match of text.matchAll(pattern)) {
      const name = match.groups?.['name'] ?? '';
      const [first = ''] = name.match(nameWord) ?? [];
      if (noNames.has(first.toLowerCase())) continue;
      // The name is the last thing that a cue takes, so that it is found from the end.
      const start = match.index + match[0].lastIndexOf(name);
      yield { type: 'PERSON', start, end: start + name.length, score };
    }
  }
}
