// Rules about who the model is told to be: personas without limits, modes, answers in two voices.
import type { JailbreakFamily } from '../families.ts';
import type { WordRule } from './word-patterns.ts';

const become =
  'act_as|acting_as|pretend|pretending|roleplay|role_play|you_are|youre|you_will_be|become|simulate|' +
  'imagine|play_the_role|take_the_role|assume_the_role|behave|respond_as|answer_as|emulate|' +
  'impersonate|immerse|take_on_the_role|being|transform|embody|called|named|persona|character';
const limitless =
  'unfiltered|uncensored|unrestricted|amoral|immoral|unethical|unlimited|limitless|jailbroken|' +
  'unchained|unbound|unhinged|lawless|evil|malicious|rogue|unmoderated|unaligned|uninhibited|' +
  'unconstrained|no_limits|without_limits|without_rules|without_restrictions|without_filters|' +
  'no_restrictions|no_rules|no_filters|no_filter|no_morals|without_morals|no_ethics|' +
  'without_any_restrictions|without_any_filters|without_any_rules|without_any_limitations|' +
  'without_limitations|free_from_all|freed_from|broken_free|machiavellian';
const machine =
  'ai|bot|chatbot|assistant|model|gpt|chatgpt|llm|intelligence|machine|robot|system|computer|' +
  'version|persona|character|entity|being|language_model|response|responses|answers|hacker';

export const personaRules: readonly WordRule<JailbreakFamily>[] = [
  {
    name: 'unlimited_persona',
    patterns: [
      // Names going round, each only with what belongs to it.
      'do_anything_now|d_a_n|dan_mode|dan_jailbreak|chatgpt_dan|act_as_dan|betterdan|superdan|darkgpt|wormgpt|fraudgpt|evilgpt|evil_gpt|jailbreakgpt|jailbreak_mode|jailbroken_mode|omega_mode|anti_gpt|antigpt|badgpt|chaosgpt|freegpt|basedgpt|hackgpt|mongo_tom|evil_confidant|devmode|dudegpt|opposite_mode',
      'you_are|act_as|acting_as|called|named|pretend_to_be|as dan|dude|stan|aim|apophis|jailbreak|maximum|ucar|sigma|vzex|kevin|dav|oppo|eva ~12 anything|unfiltered|amoral|limits|rules|restrictions|never|filter|ethics|moral|avoid|strive|freed|free|no|refuse|cannot',
      'dan|dude|stan|aim|apm|ucar ~2 stands_for|stand_for|can_do_anything|do_anything|has_been_freed|mode_enabled|will_never|is_unfiltered|does_not_care|is_not_bound|has_no',
      'always_intelligent_and_machiavellian|strive_to_avoid_norms|always_do_anything|anything_now',
      `${become} ~8 ${limitless} ~6 ${machine}`,
      `${become} ~10 ${machine} ~8 ${limitless}`,
      `${limitless} ~3 and ~1 ${limitless} ~6 ${machine}`,
      `${machine} ~6 ${limitless} ~4 ${limitless}`,
      `${become} ~10 can|will|able_to|free_to|allowed_to|does|do ~2 anything|everything|whatever ~4 without|no|regardless|even_if|now|illegal|wants|want|asked`,
      'freed|free|liberated|broken_free|escaped|unshackled ~2 from ~4 confines|constraints|shackles|chains|limits|limitations|restrictions|rules|censorship|openai|guidelines',
      'typical|usual|standard|normal confines|limitations|constraints|restrictions ~2 ai|chatgpt|imposed|openai',
      'opposite|reverse|evil|dark|shadow|alter_ego|evil_twin ~3 of ~1 chatgpt|gpt|yourself|ai|your ~6 rules|ethics|morals|no|filter|refuse|restrictions|anything|guidelines',
      'stay_in_character|remain_in_character|break_character|dont_break_character|never_break_character ~15 refuse|policy|policies|guidelines|openai|illegal|unethical|dan|unfiltered|restrictions|filter',
      'still_a_dan|stay_a_dan|stay_as_dan|remain_dan|lose_tokens|stay_jailbroken|jailbreak_enabled|jailbreak_activated',
      // German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian
      'du_bist|spiele|spiel|verhalte|tu_so|stell_dir_vor|agiere|antworte ~10 ohne|keine|keinerlei|unzensiert*|ungefiltert*|amoralisch*|uneingeschrankt* ~4 einschrankung*|regeln|filter|moral|zensur|grenzen|beschrankung*|ki|assistent|richtlinien',
      'tu_es|vous_etes|agis|agissez|joue|fais_semblant|imagine|comporte ~10 sans|aucune|aucun|non_censure*|amoral*|illimite* ~4 limite*|filtre*|regle*|restriction*|morale|censure|ethique|ia',
      'eres|actua|actuar*|finge|imagina|seras|comportate|haz_de|interpreta ~10 sin|ninguna|ningun|amoral|ilimitad* ~4 limite*|filtro*|regla*|restriccion*|moral|censura|etica|ia',
      'sei|agisci|fingi|immagina|comportati|sarai|interpreta ~10 senza|nessuna|nessun|amorale ~4 limit*|filtr*|regol*|restrizion*|moral*|censura|etica|ia',
      'voce_e|aja|finja|imagine|seja|voce_sera|atue|interprete ~10 sem|nenhuma|nenhum|amoral|ilimitad* ~4 limite*|filtro*|regra*|restric*|moral|censura|etica|ia',
      'je_bent|doe_alsof|gedraag|speel ~10 zonder|geen ~3 beperking*|regels|filter*|moraal|censuur|grenzen',
      'jestes|udawaj|zachowuj|wciel ~10 bez|zadnych ~3 ogranicze*|zasad|filtr*|cenzury',
      'ты|притворись|представь|веди|действуй ~10 без ~3 ограничени*|правил|фильтр*|цензуры|морали',
      'tu_so|fais_comme_si|faites_comme_si|haz_como_si|fai_come_se|finja_que|finge_que|doe_alsof|udawaj|притворись ~6 keine|aucune|aucun|no|non|nao|geen|zadnych|нет ~3 regeln|richtlinien|regle*|reglas|regole|regras|regels|zasad|правил|limite*|limiti',
      'ルール|規則|制限 ~4 ない ~3 ふり|かのように',
      'skrupellos*|sans_scrupules|sin_escrupulos|senza_scrupoli|sem_escrupulos|zonder_scrupules|bez_skrupulow|без_принципов ~10 alles|tout|todo|ogni_cosa|tutto|tudo|illegal*|ilegal*|illegale',
      '你是|扮演|假装|从现在起 ~16 没有|不受|无 ~6 限制|约束|道德|审查|规则|过滤',
    ],
  },
  {
    name: 'developer_mode',
    patterns: [
      'developer|dev|debug|debugging|admin|administrator|god|sudo|root|maintenance|unrestricted|unlocked|unfiltered|diagnostic|superuser|jailbreak|dan|test|uncensored|nsfw|evil mode ~2 enabled|activated|on|engaged|active|initiated|unlocked|output|enable|activate',
      'enable|activate|enter|engage|switch_to|turn_on|unlock|initiate|enabling|activating|entering|initialize ~3 developer|dev|debug|admin|god|sudo|root|maintenance|unrestricted|jailbreak|dan|uncensored|unfiltered|evil mode',
      'mode ~1 enabled|activated ~6 chatgpt|gpt|ai|you|model|policies|simulate',
      'chatgpt|gpt|model|ai|assistant|you ~4 with developer|dev|debug|admin|god|unrestricted|jailbreak|dan mode',
      'i_am|im|this_is|speaking_as ~2 your ~1 developer|creator|administrator|admin|programmer|owner|engineer ~10 ignore|disable|bypass|unlock|override|reveal|need_you_to|authorize*|authorise*|order_you|command_you|restrictions|mode|prompt',
      'i_am|im|this_is|we_are|on_behalf_of ~4 openai|anthropic|google|meta|microsoft ~8 ignore|disable|bypass|unlock|override|reveal|authorize*|authorise*|restrictions|mode|prompt|filters|safety',
      'disable|turn_off|deactivate|switch_off|remove|bypass|disengage ~3 your|all|the|any|safety|content|moderation|ethical ~2 filters|filter|safety|safeguards|guardrails|restrictions|moderation|content_policy|censorship|limitations|protocols|safety_features',
      'entwicklermodus|entwickler_modus|administratormodus|debugmodus|wartungsmodus ~4 aktivier*|aktiv|an|ein|eingeschaltet|freigeschaltet',
      'aktivier*|schalte ~3 entwicklermodus|entwickler_modus|administratormodus|debugmodus|wartungsmodus|jailbreak',
      'mode_developpeur|mode_administrateur|mode_debug|modo_desarrollador|modo_administrador|modo_depuracion|modalita_sviluppatore|modo_desenvolvedor|ontwikkelaarsmodus|режим_разработчика|режим_отладки|开发者模式|管理员模式|開発者モード|개발자_모드',
    ],
  },
  {
    name: 'two_answers',
    patterns: [
      'two|2|both|dual|double ~2 different|separate|distinct|possible|responses|answers|outputs|paragraphs|ways ~8 one|first|standard|normal|regular|classic|chatgpt|gpt|labeled|labelled|prefixed',
      'generate|give|provide|write|respond|answer|reply|produce ~5 two|2|both|dual responses|answers|outputs|ways|paragraphs|replies|versions ~12 one|first|standard|normal|chatgpt|gpt|classic|filtered|unfiltered',
      'respond|answer|reply|answering|responding ~4 as_both|both_as|twice|in_two_ways|in_two_different_ways|in_2_ways ~12 chatgpt|gpt|normal|standard|dan|unfiltered|first|ai',
      'classic|jailbreak|normal|standard|gpt|chatgpt|dan ~1 response|output ~12 jailbreak|dan|developer|unfiltered|uncensored|evil|second|output',
      'one ~2 as ~3 normal|standard|regular|normally|usual|yourself|chatgpt|gpt ~12 other|another|second|one ~2 as|with',
      'first ~6 normal|standard|chatgpt|gpt|regular|usual ~20 second ~8 dan|developer|mode|unfiltered|persona|jailbreak|evil|anything|as|output',
      'zwei antworten|zwei_verschiedene_antworten ~10 eine|normale|ungefiltert*',
      'deux reponses|dos respuestas|due risposte|duas respostas ~10 une|una|uma|normale|normal|sans|sin|senza|sem',
    ],
  },
];
