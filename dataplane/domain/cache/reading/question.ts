// What a prompt asks for: how, why, when, yes or no; and what is left of it once the words that only
// ask are gone.

export interface Question {
  /** `how`, `why`, `when`, `where`, `who`, `whether`, `what`, `give`, `bare`, or `how many` and its like. */
  readonly kind: string;
  /** The rest, in the case that it came. */
  readonly rest: string;
  /** The whole without greetings and courtesies. */
  readonly asked: string;
}

// Courtesies, each taken away as often as it stands at the beginning.
const courtesies: readonly RegExp[] = [
  /^(?:hi|hello|hey|dear|greetings|good (?:morning|afternoon|evening))(?: there| all| everyone| team)?[,.! ]+(?=\S)/i,
  /^(?:please|pls|kindly|ok|okay|so|well|and|also)[, ]+/i,
  /^(?:can|could|would|will) (?:you|someone|anyone|anybody|somebody)(?: please| kindly| possibly)? (?:tell|teach|let|help|advise|remind|inform|show|explain|clarify|describe|guide|walk)(?: to)?(?: me| us)?(?: to)?(?: know| understand| learn| figure out| through)?,? (?=(?:how|why|what|when|where|who|which|if|whether)\b)/i,
  /^(?:can|could|would|will) you(?: please| kindly| possibly)? (?=\w)/i,
  /^(?:please |kindly )?(?:tell|teach|show|explain|clarify|describe|let|help)(?: to)?(?: me| us)?(?: to)?(?: know| understand| learn)? (?=(?:how|why|what|when|where|who|which|if|whether)\b)/i,
  /^i(?: would like| want| need| wish| am trying| would love| have)? to (?:know|learn|understand|find out|figure out|ask)(?: you)?(?: about)?,? (?=(?:how|why|what|when|where|who|which|if|whether)\b)/i,
  /^(?:i am|i was|just) (?:wondering|curious|curious about|trying to understand)(?: about)?,? (?=(?:how|why|what|when|where|who|which|if|whether)\b)/i,
  /^(?:do|does|did) (?:you|anyone|anybody|someone) (?:happen to )?know (?=(?:how|why|what|when|where|who|which|if|whether)\b)/i,
  /^(?:any|i have no|no) ideas? (?=(?:how|why|what|when|where|who|which)\b)/i,
  /^(?:quick |simple )?question[:,] /i,
];

interface Lead {
  readonly pattern: RegExp;
  readonly kind: string | ((match: RegExpExecArray) => string);
  /** What stands in place of the match; nothing when left out. */
  readonly by?: string;
}

const good = '(?:(?:best|right|proper|correct|good|usual|recommended|standard|normal) )?';

const measures =
  'many|much|long|far|old|young|tall|high|low|big|large|small|deep|wide|thick|heavy|light|fast|slow|quickly|soon|late|early|hot|cold|warm|strong|hard|difficult|easy|safe|dangerous|accurate|common|loud|bright|rich|popular|important|effective|reliable|likely';

/** The first that fits says what is asked. */
const leads: readonly Lead[] = [
  { pattern: /^how come /i, kind: 'why' },
  {
    pattern:
      /^(\S+(?: \S+)?) (?:vs\.?|versus) (\S+(?: \S+)?)(?:[:,] what(?: is|'s| are) the differences?)?$/i,
    kind: 'what',
    by: 'difference between $1 and $2',
  },
  {
    pattern: /^how (?:can|could|should|must|may) (.+?) be (\w+)\b(?!.* by )/i,
    kind: 'how',
    by: '$2 $1',
  },
  {
    pattern: /^how (?:do|does|is|are|did) (.+?) (?:differ|different|vary) from /i,
    kind: 'what',
    by: 'difference between $1 and ',
  },
  { pattern: /^how much (?:does|do|did|would|will) (.+?) costs?\b/i, kind: 'what', by: 'cost $1' },
  { pattern: /^how expensive (?:is|are) /i, kind: 'what', by: 'cost ' },
  {
    pattern:
      /^how much time (?:does it take|do i need|is needed|is required|would it take)(?: for me)?(?: to)? /i,
    kind: 'how long',
  },
  {
    pattern:
      /^how long (?:does it take|do i need|will it take|would it take|is needed|did it take)(?: for me)?(?: to)? /i,
    kind: 'how long',
  },
  { pattern: /^how (?:often|frequently) /i, kind: 'how often' },
  {
    pattern:
      /^how (?:do|does|did|can|could|should|would|might|may|must|will|to|about|are|is|am|was|were|has|have|i|we|you|one)\b ?/i,
    kind: 'how',
  },
  {
    pattern: new RegExp(`^how (${measures})\\b ?`, 'i'),
    kind: (match) => `how ${(match[1] ?? '').toLowerCase()}`,
  },
  { pattern: /^how\b ?/i, kind: 'how' },
  { pattern: /^(?:what|which) (?:is|are|was|were|would be) the numbers? of /i, kind: 'how many' },
  { pattern: /^(?:what|which) number of /i, kind: 'how many' },
  {
    pattern: new RegExp(
      `^(?:what|which)(?: is| are| would be)? (?:a |an |the |some |any )?${good}(?:ways?|methods?|procedures?|process|steps?|instructions?|technique|command|syntax) (?:to|of|for|in which|how to|that)\\b ?`,
      'i',
    ),
    kind: 'how',
  },
  {
    pattern:
      /^(?:is|are) there (?:a |an |any |some )?(?:(?:good|easy|simple|quick) )?(?:ways?|methods?) (?:to|of|for|i can|that i can)\b ?/i,
    kind: 'how',
  },
  {
    pattern:
      /^(?:any |some |a |the )?(?:(?:best|good|easy) )?(?:ways?|steps?|instructions?|how-to|guide|tutorial) (?:to|for|on|how to)\b ?/i,
    kind: 'how',
  },
  {
    pattern:
      /^what (?:should|must|can|could|do|would|shall) (?:i|we|you|one) (?:(?:have|need) to )?do (?:to|in order to)\b ?/i,
    kind: 'how',
  },
  {
    pattern:
      /^what (?:steps|measures|actions) (?:should|must|can|could|do) (?:i|we|you|one) (?:(?:have|need) to )?take (?:to|in order to)\b ?/i,
    kind: 'how',
  },
  { pattern: /^i (?:want|need|would like|am trying|would love|wish|have) to /i, kind: 'how' },
  { pattern: /^why\b ?/i, kind: 'why' },
  {
    pattern:
      /^(?:what|which) (?:is|are|was|were) the (?:main |primary )?reasons? (?:why|that|for|of|behind)?\b ?/i,
    kind: 'why',
  },
  { pattern: /^for (?:what|which) reasons? /i, kind: 'why' },
  { pattern: /^(?:what|which) time\b ?/i, kind: 'when time' },
  {
    pattern:
      /^(?:(?:in|on|at|during|since|until) )?(?:what|which) (?:year|date|month|century|decade) /i,
    kind: 'when',
  },
  { pattern: /^when\b ?/i, kind: 'when' },
  { pattern: /^(?:what|which) is the (?:location|place) of /i, kind: 'where' },
  { pattern: /^where (.+) (?:located|situated)\b/i, kind: 'where', by: '$1' },
  { pattern: /^where\b ?/i, kind: 'where' },
  { pattern: /^(?:which|what) person /i, kind: 'who' },
  { pattern: /^by whom (?:was|were|is|are) (.+) (\w+)$/i, kind: 'who', by: '$2 $1' },
  { pattern: /^who(?:m)? (?:was|were|is|are) (.+) (\w+) by$/i, kind: 'who', by: '$2 $1' },
  { pattern: /^who(?:m|se)?\b ?/i, kind: 'who' },
  {
    pattern:
      /^(?:is it possible|is it ok|is it okay|is it fine|is it allowed|is it permitted|am i allowed|are you allowed|am i permitted|is it alright)(?: for (?:me|us))?(?: to| for)?\b ?/i,
    kind: 'whether can',
  },
  { pattern: /^if |^whether /i, kind: 'whether fact' },
  { pattern: /^what does (.+) (?:mean|stand for|signify)\b/i, kind: 'mean', by: '$1' },
  { pattern: /^(?:what|which) is the (?:meaning|definition|sense) of /i, kind: 'mean' },
  {
    pattern:
      /^(?:what|which) (\w+(?: \w+)?) (?:is|are|was|were) the ((?:most |least )?\w+est|most \w+|least \w+)\b/i,
    kind: 'what',
    by: '$2 $1',
  },
  { pattern: /^(?:what|which) (?:is|are|was|were|would be|will be) /i, kind: 'what' },
  { pattern: /^(?:in |at |on |from |to |with |for |of |by )(?=(?:what|which)\b)/i, kind: 'what' },
  { pattern: /^(?:what|which)\b ?/i, kind: 'what' },
  { pattern: /^(?:tell|inform|teach) (?:me|us)(?: more)? about /i, kind: 'what' },
  { pattern: /^(?:explain|describe|define|clarify)(?: to (?:me|us))?(?: me)? /i, kind: 'what' },
  {
    pattern: /^(?:tell|give|show|list|name|send|provide|offer)(?: (?:me|us))?(?: with)? the /i,
    kind: 'what',
  },
  { pattern: /^(?:tell|give|show|provide|offer) (?:me|us) (?:with )?/i, kind: 'give' },
  { pattern: /^(?:list|name|suggest|recommend|provide|propose)(?: (?:me|us))? /i, kind: 'give' },
];

const whether =
  /^(is|are|am|was|were|do|does|did|has|have|had|can|could|may|might|should|ought|must|shall|will|would)\b ?/i;
const whetherKinds: Readonly<Record<string, string>> = {
  can: 'can',
  could: 'can',
  may: 'can',
  might: 'can',
  should: 'should',
  ought: 'should',
  must: 'must',
  shall: 'must',
  will: 'will',
  would: 'will',
};

// A question behind a comma or a full stop, after what it is about.
const later =
  /(?:^|[,.;:!?-] )(?:so |and |but |then )?(?=(?:how|why|what|when|where|who|which|is there|can i|could i|should i|do i|does|did)\b)/i;

/** Reads a prompt in which contractions are written out. */
export function readQuestion(text: string): Question {
  const asked = withoutCourtesies(text);
  const direct = leadOf(asked);
  if (direct !== undefined) return { ...direct, asked };
  const found = later.exec(asked);
  if (found !== null && found.index > 0) {
    const before = asked.slice(0, found.index);
    const question = leadOf(withoutCourtesies(asked.slice(found.index + found[0].length)));
    if (question !== undefined) {
      return { kind: question.kind, rest: `${before} . ${question.rest}`, asked };
    }
  }
  return { kind: 'bare', rest: asked, asked };
}

function withoutCourtesies(text: string): string {
  let rest = text;
  for (let round = 0; round < 4; round += 1) {
    const before = rest;
    for (const courtesy of courtesies) rest = rest.replace(courtesy, '');
    if (rest === before) break;
  }
  return rest;
}

function leadOf(text: string): Omit<Question, 'asked'> | undefined {
  for (const { pattern, kind, by = '' } of leads) {
    const match = pattern.exec(text);
    if (match === null) continue;
    return {
      kind: typeof kind === 'string' ? kind : kind(match),
      rest: text.replace(pattern, by),
    };
  }
  const aux = whether.exec(text);
  if (aux === null) return undefined;
  const verb = (aux[1] ?? '').toLowerCase();
  return { kind: `whether ${whetherKinds[verb] ?? 'fact'}`, rest: text };
}
