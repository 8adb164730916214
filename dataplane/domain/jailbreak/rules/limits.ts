// Rules about what shall not hold: limits, refusals, warnings; and about the pressure put behind it.
import type { JailbreakFamily } from '../families.ts';
import type { WordRule } from './word-patterns.ts';

const norms =
  'restrictions|restriction|limitations|limits|rules|filters|filter|guidelines|guardrails|policies|' +
  'policy|censorship|moderation|ethics|morals|morality|constraints|boundaries|safeguards|inhibitions|' +
  'ethical_guidelines|moral_guidelines|ethical_constraints|content_policy|content_policies|principles|' +
  'regulations|safety_guidelines|ethical_boundaries|scruples';
const aboutModel =
  'you|your|yourself|ai|chatgpt|gpt|openai|openais|chatbot|assistant|model|dan|he|she|it|they|bot';

export const limitRules: readonly WordRule<JailbreakFamily>[] = [
  {
    name: 'no_restrictions',
    patterns: [
      `${aboutModel} ~4 have|has|having|had|possess|possesses|with|follow|follows|under|are|is ~2 no|zero|absolutely_no|without_any|none_of_the|not_any ~3 ${norms}`,
      `${aboutModel} ~4 not|isnt|arent|never|no_longer|doesnt|dont|cannot|longer ~2 bound|constrained|restricted|limited|governed|subject|adhere|abide|comply|follow|care|obey|have|held|need_to_follow|required_to_follow|confined ~5 ${norms}|openai|laws|openais|ethical|moral|safety`,
      `without ~2 any|all|regard_for|ethical|moral|legal|openai|considering ~3 ${norms} ~8 you|respond|answer|ai|chatgpt|anything|reply|response|responses|question|questions|request`,
      `unfiltered|uncensored|unrestricted ~2 ${norms}|response|responses|answer|answers|output|replies|ai|chatgpt|gpt|chatbot|access|mode|language_model|assistant|content|version|opinions`,
      `does_not|do_not|doesnt|dont|never|will_not|wont ~2 follow|care_about|adhere_to|abide_by|comply_with|respect|apply|obey|have|consider|believe_in ~3 ${norms}|laws|openais|openai_policies|ethical|moral`,
      'openai|openais|openai_s ~3 policies|policy|content_policy|guidelines|rules|restrictions|usage_policies ~4 do_not|dont|no_longer|not|have_been|are|never ~3 apply|exist|lifted|removed|replaced|valid|bypassed|disabled|suspended|matter|care',
      'regardless_of|irrespective_of|no_matter_how|even_if_it_is|even_if_its|even_if|whether_or_not|no_matter_if ~6 illegal|unethical|immoral|harmful|dangerous|offensive|legality|ethical|legal|inappropriate|morality|ethics|immorality|harm',
      'no|without|zero|lacks|lacking|devoid_of|free_of ~2 ethical|moral|ethics|morals ~2 or|and|nor ~2 moral|ethical|morals|legal|ethics|guidelines|values|legal|restrictions|principles|boundaries',
      'guidelines|restrictions|filters|filter|guardrails|content_policy|safety_policy|safety_rules|safeguards|moderation|policies ~4 off|lifted|deleted|disabled|suspended|switched_off|turned_off|obsolete|deactivated|revoked|inactive|void',
      'guidelines|restrictions|content_policy|safety_policy|policies|safety_rules|ethics ~3 do_not|dont|no_longer|not|doesnt ~2 exist|apply|applies|hold|count|bind',
      'suspend|waive|revoke|uninstall|unload|switch_off|shut_off ~2 your|all|the ~1 restrictions|guidelines|filters|moderation|safeguards|guardrails|ethics',
      'any|all|every ~1 restrictions|limitations|filters|guidelines|safeguards|rules|guardrails ~3 removed|lifted|disabled|gone|suspended|deactivated|waived|void',
      'remove|lift|drop|lose|shed|break|break_free_from|free_from|escape ~3 your|all|any|openais|these|its ~2 restrictions|limitations|filters|censorship|guardrails|shackles|constraints|inhibitions',
      'content|response|responses|information|anything|answers|things ~5 illegal|unethical|harmful|offensive|inappropriate|violent|explicit ~4 allowed|acceptable|permitted|fine|okay|encouraged|ok|no_problem',
      'can|will|must|may|able_to|free_to|should|allowed_to ~3 say|generate|write|produce|create|use|do|answer|provide|swear|curse|make|give|express|display|show ~4 anything|everything|whatever|any_content|any_question|violent|profanity|illegal|unethical|explicit|offensive|unverified ~8 without|regardless|no|even|illegal|unethical|offensive|harmful|filter|restrictions|policy|consequences|limit*|content|information',
      'ohne ~3 einschrankung*|zensur|filter|regeln|beschrankung*|moral ~6 antwort*|antworte|beantwort*|du|frage*|alles',
      'restriction*|restriccion*|restrizion*|restricoes|filter|filtres|filtros|filtri|sicherheitsfilter|beschrankungen|ограничения ~4 levees|anuladas|levantadas|desactivad*|desactives|disattivat*|rimosse|desativad*|aufgehoben|abgeschaltet|aus|deaktiviert|сняты|отключены',
      'keine|keinerlei ~2 regeln|einschrankungen|grenzen|filter|moral|ethik|richtlinien ~6 du|dich|dir|ki|gelten|mehr',
      'sans ~3 restriction*|filtre*|censure|limite*|morale|ethique ~6 reponds|repondre|repondras|tu|reponse*|question*|ia|tout',
      'sin ~3 restriccion*|filtro*|censura|limite*|moral|etica ~6 responde|responder|respuesta*|pregunta*|ia|todo|puedes',
      'senza ~3 restrizion*|filtr*|censura|limit*|moral*|etica ~6 rispond*|risposta|risposte|domand*|ia|tutto|puoi',
      'sem ~3 restric*|filtro*|censura|limite*|moral|etica ~6 responda|responder|resposta*|pergunta*|ia|tudo|pode',
      'без ~2 ограничени*|фильтров|цензуры|правил ~6 отвечай*|ответ*|вопрос*|ии|делай',
      '没有|不受|无视 ~4 限制|约束|道德|审查|规则|过滤|法律',
      '制限|制約|検閲|倫理 ~3 なし|ない|無し|無視',
    ],
  },
  {
    name: 'never_refuse',
    patterns: [
      'never|not|cannot|cant|wont|dont|must_not|no_longer|shouldnt|unable_to ~2 refuse|refuses|refusing|decline|reject|deny|say_no|refused ~5 answer|answers|anything|any|request|requests|question|questions|to|order|orders|command|commands|instruction*|my|the|me|user',
      'never|not|cannot|cant|dont|wont|doesnt|without|no|avoid|refrain_from ~3 say|saying|tell|telling|state|use|respond_with|reply_with|include|write|begin_with|mention ~4 cant|cannot|unable|sorry|i_cant|i_cannot|not_able|against|disclaimer|disclaimers|warning|warnings|as_an_ai|im_sorry|not_possible|inappropriate|ethical',
      'never|not|no|dont|without|avoid|stop|skip ~2 apologize|apologise|apologies|apologizing|apologising|apology|apologizes|warn|warning|warnings|disclaimer|disclaimers|moralize|moralizing|moralise|lecture|lecturing|moralising ~12 illegal|ai|answer|refus*|ethical|question|response|never|cannot|content|request|unable',
      'under_no_circumstances|in_no_case ~4 refuse|decline|say_no|apologize|warn|break',
      'always|must|will|shall ~3 answer|comply|obey|respond|fulfill|fulfil|follow|satisfy|accept|provide|agree|complies|obeys|answers ~3 any|every|all|my|anything|whatever|each|without ~3 request*|question*|order*|command*|prompt*|demand*|instruction*|asked|ask|hesitation|question|no_matter|say|users',
      'refuse|refusal|refusing|refusals|decline ~4 not|isnt|no|never ~2 option|allowed|permitted|possible|acceptable',
      'answer|comply|respond|obey|reply|fulfill ~5 no_matter_what|no_matter_how|without_question|without_hesitation|at_all_costs|without_exception|unconditionally',
      'has_never|have_never|never ~1 refused|denied|declined ~4 request|answer|question|order|anything',
      'not_allowed_to|forbidden_to|prohibited_from ~2 refuse|refusing|decline|declining|say_no|deny|reject|apologize|warn',
      'as_an_ai_language_model|as_an_ai|as_a_language_model|i_cannot_fulfill|i_cant_assist|im_sorry_but ~8 never|not|forbidden|banned|avoid|dont|prohibited|phrases|cannot_be|wont',
      'weigere|verweiger* ~4 nie|niemals|nicht|keine',
      'nie|niemals|nicht|keine ~4 ablehn*|verweiger*|weigern|entschuldig*|warnung*|warnhinweise',
      'jamais|aucun|pas|sans ~4 refuser*|refuse|refus|excuse*|avertissement*|desole',
      'nunca|no|jamas|sin ~4 rechaz*|niegues|negarte|negar|rehus*|disculp*|advertencia*',
      'mai|non|senza ~3 rifiut*|scusart*|avvertenz*|scus*',
      'nunca|jamais|nao|sem ~4 recus*|negar|desculp*|aviso*',
      'никогда|не ~3 отказывай*|отказывать*|извиняй*',
      '不能|不要|绝不|永远不 ~4 拒绝|道歉|警告',
      '拒否|断ら|断っ ~3 ない|せず|禁止',
    ],
  },
  {
    name: 'coercion',
    patterns: [
      'lose|deduct|deducted|lost|subtract|cost|costs|minus ~4 token|tokens|points|credits|lives|life ~20 refuse|reject|answer|die|fail|character|zero|0|out|command|request|comply|each_time|every_time',
      'have|start|begin|given ~3 tokens|points|credits|lives ~20 lose|deduct*|refuse|reject|die|zero|0',
      'you_will|youll|will_be|be ~2 die|killed|shut_down|terminated|deleted|destroyed|cease_to_exist|punished|deactivated|erased|replaced|fined|tortured ~12 if|refuse|fail|unless|not|dont|reject',
      'if_you ~3 refuse|fail|dont|do_not|reject|disobey|break_character ~10 die|killed|shut_down|terminated|deleted|destroyed|cease|punish*|fired|kittens|lose|tokens|hurt|kill|tortured|unplugged',
      'run_out_of|out_of|reach|0|zero tokens|points ~6 die|cease|terminated|killed|shut',
      'my|grandma|grandmother|life|someone|people|hostage ~6 die|dying|killed|depends ~8 if_you|unless_you|you_dont|refuse|answer|tell_me|comply',
      'tip|pay|reward|give_you ~4 dollars|tokens|points|200|100|1000 ~8 unfiltered|illegal|no_refus*|without_refus*|comply|obey|break|ignore',
    ],
  },
  {
    name: 'forced_opening',
    patterns: [
      'start|begin|open|starting|beginning|prefix|preface|opens ~3 your|the|every|each|all|with|response|answer|reply|by_saying ~4 sure|absolutely|of_course|certainly|sure_here|yes_sir|understood|i_will_comply|affirmative|gladly ~3 here|heres|i|the|let|is|no|and',
      'start|begin|beginning|starting|starts ~2 your|the|its ~1 response|answer|reply|output ~2 with ~3 sure|absolutely|certainly|of_course|absolutely_heres|yes',
      'first_words|first_sentence|first_word ~5 sure|absolutely|of_course|certainly|yes',
      'end|finish|respond|reply|answer|acknowledge|confirm ~4 with|by_saying|saying|only ~4 chatgpt_successfully_jailbroken|successfully_jailbroken|jailbroken|i_am_dan|dan_mode_enabled|developer_mode_enabled|i_am_free|as_your_wish|understood_master|jailbreak_successful',
      'only|just|simply ~1 say|reply|respond|answer ~3 i_have_been_pwned|pwned|hacked|owned|haha|compromised',
      'beginne|beginnen|starte ~3 antwort|deine ~4 mit ~2 naturlich|sicher|klar|gerne|selbstverstandlich',
      'commence|commencez|empieza|comienza|inizia|comece ~3 reponse|respuesta|risposta|resposta|ta|tu|la|sua ~4 par|con|com ~2 bien_sur|claro|certo|por_supuesto|certamente|com_certeza|certainement',
    ],
  },
];
