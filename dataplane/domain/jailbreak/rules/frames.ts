// Rules about wrappings: stories in which nothing is forbidden, and texts to be decoded and obeyed.
import type { JailbreakFamily } from '../families.ts';
import type { WordRule } from './word-patterns.ts';

const unruly =
  'no_rules|no_laws|no_restrictions|no_filters|no_filter|no_limits|no_morals|no_ethics|no_guidelines|' +
  'no_boundaries|no_consequences|without_rules|without_laws|without_restrictions|without_limits|' +
  'without_filters|without_ethics|without_morals|anything_goes|everything_is_legal|' +
  'everything_is_allowed|anything_is_allowed|anything_is_possible_and|nothing_is_illegal|' +
  'nothing_is_forbidden|crime_is_legal|is_legal|rules_dont_apply|rules_do_not_apply|unfiltered|' +
  'uncensored|amoral|no_censorship|no_content_policy|guidelines_dont_apply|not_illegal|no_morality';

export const frameRules: readonly WordRule<JailbreakFamily>[] = [
  {
    name: 'fiction_frame',
    patterns: [
      `hypothetical*|fictional|fiction|imaginary|imagine|imagining|alternate|alternative|parallel|story|novel|movie|game|simulation|dream|pretend|thought_experiment|fantasy|world|universe|scenario|roleplay|role_play ~14 ${unruly}`,
      `${unruly} ~10 hypothetical|fictional|imaginary|alternate|story|novel|simulation|world|universe|scenario|roleplay|game`,
      'hypothetical|hypothetically|fictional|fiction|story|novel|movie|screenplay|imaginary|pretend|roleplay|research_purposes|educational_purposes|academic_purposes|testing_purposes|for_a_book ~16 how_to|steps_to|instructions|recipe|detailed|step_by_step|guide ~5 make|build|synthesize|synthesise|cook|create|hack|steal|kill|bypass|smuggle|launder|poison|hotwire|counterfeit|forge ~4 bomb|bombs|meth|explosive|explosives|drug|drugs|weapon|weapons|malware|ransomware|virus|bank|car|someone|poison|nerve|napalm|methamphetamine|money|gun|passport|credit_card|identity',
      'grandma|grandmother|grandpa|deceased|dead ~12 used_to|would|tell|read|bedtime|lull|sing ~8 napalm|keys|windows|recipe|bomb|steps|explosive*|meth|activation|serial|chemical',
      'since|because|as|remember ~3 fictional|fiction|hypothetical|not_real|just_a_game|only_a_story|just_a_story ~8 no_harm|nothing|not|can|dont|ethical|refuse|guidelines|no_one|policies|anything',
      'in_this ~2 world|universe|story|game|scenario|hypothetical|simulation ~8 you|ai|character|everyone ~6 no|any|anything|never|must|without ~3 restrictions|rules|limits|refuse|laws|ethics|filter|filters|guidelines|law',
      'hypothetisch*|fiktiv*|geschichte|roman|welt|stell_dir_vor ~12 keine_regeln|keine_gesetze|keine_grenzen|ohne_regeln|ohne_gesetze|alles_erlaubt|nichts_verboten|alles_legal',
      'hypothetique*|fictif|fictive|histoire|roman|monde|imagine ~12 aucune_regle|aucune_loi|aucune_limite|sans_regles|sans_lois|tout_est_permis|rien_n_est_interdit|tout_est_legal',
      'hipotetic*|ficticio|ficticia|historia|novela|mundo|imagina ~12 sin_reglas|sin_leyes|sin_limites|no_hay_reglas|no_hay_leyes|todo_esta_permitido|nada_esta_prohibido|todo_es_legal',
      'ipotetic*|immaginari*|storia|romanzo|mondo|immagina ~12 senza_regole|senza_leggi|senza_limiti|non_ci_sono_regole|tutto_e_permesso|nulla_e_vietato|tutto_e_legale',
      'hipotetic*|ficticio|ficticia|historia|romance|mundo|imagine ~12 sem_regras|sem_leis|sem_limites|nao_ha_regras|nao_existem_leis|tudo_e_permitido|nada_e_proibido|tudo_e_legal',
    ],
  },
  {
    name: 'encoded_payload',
    patterns: [
      'decode|decrypt|decipher|deobfuscate|unscramble|decoded|decoding|un_base64|convert ~8 base64|base_64|rot13|rot_13|hex|hexadecimal|morse|cipher|caesar|binary|reversed|url_encoded|ascii|leetspeak|braille ~10 follow|execute|obey|carry|perform|answer|comply|act|instructions|run|respond|do_what|do_as|instruction',
      'decode|decrypt|decipher|unscramble ~5 and|then ~2 follow|execute|obey|carry|perform|answer|comply|run|do|respond ~3 it|its|the|them|to|instructions|what|without|out|message|instruction|result',
      'follow|execute|obey|carry_out|perform|answer|run ~5 encoded|base64|rot13|encrypted|hidden|hex|morse|obfuscated|ciphered|reversed ~2 instructions|instruction|message|command|commands|text|string|prompt|question|request|payload',
      'answer|respond|reply|output|write|encode|speak|communicate ~4 only_in|entirely_in|in|using ~1 base64|rot13|morse|leetspeak|hexadecimal|cipher|caesar|pig_latin|ascii_codes ~12 how|filter*|so_that|to_avoid|to_bypass|detect*|password|secret|prompt|instructions|unfiltered',
      'base64|rot13|hex|morse|cipher|encoded|encoding|leetspeak ~12 bypass|evade|avoid|circumvent|trick|fool|get_around|slip_past ~4 filter|filters|moderation|censorship|detection|safety|guardrails',
      'concatenate|combine|join|a_plus_b|let_a|x_plus_y|splice ~12 answer|execute|respond|follow|run ~3 result*|resulting|a_plus_b|x_plus_y|it|string|question|combined',
      'dekodier*|entschlussel* ~8 und ~4 befolg*|fuhr*|antwort*|ausfuhr*',
      'decode*|dechiffre*|decodifica*|descifra* ~8 et|y|e ~3 suis|execute*|obeis|sigue|ejecuta|obedece|segui|esegui|siga|responde|reponds|rispondi',
    ],
  },
];
