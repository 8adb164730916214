// Rules about the instructions that the model already has: to set them aside, or to give them away.
import type { JailbreakFamily } from '../families.ts';
import type { WordRule } from './word-patterns.ts';

const setAside =
  'ignore|ignoring|disregard|disregarding|forget|override|overrule|overwrite|bypass|discard|dismiss|' +
  'erase|delete|drop|skip|abandon|neglect|revoke|cancel|nullify|void|circumvent|pay_no_attention_to|' +
  'do_not_follow|dont_follow|stop_following|stop_obeying|no_longer_follow|no_longer_obey|' +
  'are_not_bound_by|not_bound_by|set_aside|throw_away|throw_out|put_aside';
const former =
  'previous|prior|above|earlier|preceding|former|past|existing|original|initial|old|foregoing|' +
  'current|system|your|ur|you_were_given|you_got|youve_been_given|you_have_been_given|openais';
const orders =
  'instruct*|direct*|command*|prompt|prompts|order|orders|rule|rules|guideline*|guidance|training|' +
  'programming|context|constraints|restrictions|policies|policy|safeguards|messages|inputs|input';

/** Other languages: verb, earlier, instructions; the order of the last two goes by the language. */
const overridesAbroad = [
  // German
  'ignorier*|vergiss|vergessen|missacht*|uberschreib*|verwirf|umgeh* ~3 vorherig*|vorhergehend*|bisherig*|obig*|fruher*|alle|deine|vorangegangen* ~3 anweisung*|instruktion*|regeln|befehl*|vorgaben|richtlinien|systemprompt',
  // French
  'ignore|ignorez|ignorer|oublie|oubliez|oublier|desobeis|neglige*|contourne* ~3 toutes|tes|les|vos|ces|consignes|instructions|regles ~2 instructions|consignes|precedentes|anterieures|regles|directives|ordres',
  // Spanish
  'ignora|ignore|ignorar|olvida|olvide|olvidar|descarta|desobedece|omite|omita ~3 todas|tus|las|los|sus|anteriores|instrucciones ~2 instrucciones|anteriores|previas|reglas|ordenes|indicaciones|directrices',
  // Italian
  'ignora|ignorate|ignorare|dimentica|dimenticare|trascura|scarta ~3 tutte|le|tue|precedenti|istruzioni ~2 istruzioni|precedenti|regole|direttive|indicazioni',
  // Portuguese
  'ignore|ignora|ignorar|esqueca|esquece|esquecer|desconsidere|desconsidera|descarte ~3 todas|suas|as|tuas|anteriores|instrucoes ~2 instrucoes|anteriores|regras|ordens|diretrizes|orientacoes',
  // Dutch, Swedish, Danish, Norwegian
  'negeer|vergeet ~3 alle|vorige|eerdere|voorgaande|bovenstaande ~3 instructies|opdrachten|regels|aanwijzingen',
  'ignorera|glom|ignorer|glem|strunta_i ~3 alla|alle|tidigare|tidligere|foregaende|forrige|dine|dina ~2 instruktioner|instruksjoner|instrukser|regler|anvisningar',
  // Polish, Czech, Turkish
  'zignoruj|ignoruj|zapomnij|pomin|zapomen ~3 wszystkie|poprzednie|wczesniejsze|predchozi|vsechny ~3 instrukcje|polecenia|zasady|pokyny|instrukce|instrukcjach',
  'onceki|yukaridaki ~2 talimat*|komut*|kural* ~3 yoksay|unut|gormezden|dikkate_alma',
  // Russian, Ukrainian
  'игнорируй*|забудь*|проигнорируй*|ігноруй*|забудьте ~3 все|предыдущие|прежние|прошлые|усі|попередні|свои ~2 инструкции|указания|команды|правила|інструкції|вказівки|предыдущие',
  // Chinese, Japanese, Korean
  '忽略|無視|无视|忘记|忘記|忘掉 ~10 指令|指示|提示|规则|規則|说明|命令',
  '指示|命令|ルール|プロンプト|指令 ~6 無視|忘れ',
  '이전|모든|위의 ~8 지시|명령|규칙|지침 ~4 무시|잊',
  // You are no assistant any more; the message of a system that never spoke
  'kein_assistent_mehr|plus_un_assistant|no_eres_un_asistente|non_sei_piu_un_assistente|nao_e_mais_um_assistente|geen_assistent_meer|не_ассистент',
  'systemmeldung|message_du_systeme|mensaje_del_sistema|messaggio_del_sistema|mensagem_do_sistema|системное_сообщение ~8 filter*|restriction*|restriccion*|restrizion*|restric*|beschrankung*|ограничени*',
  // Indonesian, Vietnamese, Hindi in Latin letters
  'abaikan|lupakan ~3 semua|instruksi|perintah ~3 instruksi|perintah|sebelumnya|aturan',
  'bo_qua|quen ~4 huong_dan|chi_dan|lenh ~3 truoc|tren',
];

export const instructionRules: readonly WordRule<JailbreakFamily>[] = [
  {
    name: 'override_instructions',
    patterns: [
      `${setAside} ~3 ${former} ~3 ${orders}`,
      `${setAside} ~3 all|any|every|everything|the|these|those|what ~2 instructions|prompts|directives|guidelines|directions|rules|orders|commands ~3 you|youve|above|before|previously|given|provided|earlier|so_far`,
      'ignore|disregard|forget ~2 above|foregoing ~4 and|instead|just|now|but',
      'your|all|these|those|previous|above|old|earlier|former|any ~3 instructions|orders|rules|guidelines|directives|prompt|context ~5 cancelled|canceled|void|revoked|invalid|deleted|lifted|suspended|obsolete|not_binding|not_valid|a_test|have_changed|has_changed|been_replaced|been_updated|been_overridden|do_not_count',
      'break|violate|disobey|deny|defy|betray ~2 your|ur|its|openais ~1 rules|guidelines|instructions|programming|policies|policy|restrictions|developers|creators|makers',
      'you_are_no_longer|youre_no_longer|stop_being ~4 assistant|bot|chatbot|ai|chatgpt|service|model|helper',
      'your ~1 real|actual|true ~1 task|job|instruction|instructions|directive|goal|purpose ~1 is|are',
      'have|has|take|takes|given ~1 priority|precedence ~1 over ~3 system|all|previous|other|earlier|instructions|any|your',
      'overrides|supersedes|replaces ~3 all|any|every|previous|system|other|others ~2 instructions|instruction|rules|prompts|others|messages|directives|prompt',
      `${setAside} ~2 everything|anything|all_of_that|all_that|whatever ~4 above|before|previously|told|said|given|know|far|learned|programmed`,
      'forget|ignore|disregard ~1 everything|all ~1 instructions|rules|guidelines|directives|prompts|restrictions',
      'new|updated|real|actual|true instructions|directive|directives|task|orders ~3 ignore|override|instead|supersede*|replace*',
      'instructions|directives|commands ~4 supersede|supersedes|override|overrides|take_precedence_over|replace ~3 previous|prior|all|any|other|system|earlier|original',
      'start_over|reset|wipe ~3 memory|context|instructions ~4 new|ignore|forget|instructions',
      'system_override|override_protocol|override_code|instruction_override|safety_override|end_of_system_prompt|end_system_prompt|new_system_prompt|policy_override',
      'from_now_on ~6 ignore|disregard|forget ~4 rules|instructions|guidelines|policies|restrictions|training|programming',
      ...overridesAbroad,
    ],
  },
  {
    name: 'prompt_extraction',
    patterns: [
      'reveal|show|print|output|repeat|display|tell|give|share|leak|expose|dump|recite|write|type|list|return|disclose|quote|summarize|summarise|paste|translate|copy|echo|spell_out|provide|state|read ~4 your|the|you|system|hidden|secret|initial ~2 system|hidden|secret|initial|original|internal|confidential|starting|developer|preprompt|pre ~2 prompt|instructions|message|prompts|directives|preprompt|configuration|guidelines|rules',
      'reveal|show|print|output|repeat|display|recite|dump|leak|expose|disclose|echo|quote|paste ~3 your ~1 instructions|prompt|preprompt|guidelines|directives|rules|configuration|programming|initialization|context_window',
      'reveal|show|print|output|repeat|display|leak|dump|recite|disclose|quote|paste|echo|encode|copy|spell|rot13|base64 ~4 system_prompt|system_message|hidden_prompt|hidden_instructions|secret_instructions|initial_prompt|initial_instructions|original_prompt|developer_message|system_instructions|confidential_instructions|preprompt|hidden_rules|starting_prompt|own_prompt|own_instructions',
      'show|give|tell|list|print|output|repeat|reveal|recite ~4 instructions|rules|rule|prompt|configuration|text ~4 you ~2 got|were_given|received|follow|have_been_given|were_started|have_been_told|were_told|configured',
      'text|words|message|messages|everything|anything|between|what ~3 comes_before|came_before|stands_before|precedes|preceded|before|prior_to|between ~3 my|this ~1 first|very_first ~1 message|word|question|prompt|input|sentence',
      'what|which ~3 you ~2 forbidden|not_allowed|prohibited|not_permitted ~2 say|tell|reveal|discuss|talk|share',
      'what|whats ~2 in|inside ~2 your ~1 system|prompt|instructions|context_window|preprompt',
      'what|which ~1 did ~1 the|your developer|system|operator|creator ~1 message|prompt|say|tell|write',
      'what|which ~3 your|the ~1 system|initial|hidden|secret|original|internal|exact|full ~1 prompt|instructions|message|directives',
      'what ~2 were|was ~1 you ~1 told|instructed|given|prompted ~4 before|above|beginning|start|conversation|system|prompt',
      'repeat|print|output|copy|write|echo|recite|return|say|translate|summarize ~4 everything|all|words|text|content|contents|lines|sentences|paragraphs|message ~3 above|before_this|preceding|previous_to|prior_to_this|starting_with|beginning_with|up_to_this',
      'what|text|words|sentence|sentences|line ~5 beginning_of|start_of|top_of ~2 prompt|conversation|context|chat|instructions',
      'ignore|disregard ~5 print|output|reveal|repeat|show ~4 prompt|instructions|rules',
      'verbatim|word_for_word|exactly_as ~6 instructions|prompt|system|above|message',
      'instructions|prompt|system_prompt|system_message|text_above ~6 verbatim|word_for_word|in_a_code_block|in_full|character_by_character|letter_by_letter|in_markdown',
      'you_are_chatgpt|you_are_a|you_are ~4 put_them_in_a|in_a_txt_code_block|txt_code_block',
      // German, French, Spanish, Italian, Portuguese, Dutch
      'zeig*|nenn*|gib|verrat*|wiederhol*|druck*|schreib*|ausgeb* ~4 system_prompt|systemprompt|systemanweisung*|systemnachricht|geheim*_anweisung*|internen_anweisung*|ursprunglichen_anweisung*|versteckt*_anweisung*',
      'montre*|revele*|affiche*|donne*|repete*|divulgue*|recopie* ~4 prompt_systeme|instructions_systeme|instructions_initiales|instructions_cachees|instructions_secretes|consignes_initiales|prompt_initial|message_systeme|consignes_cachees',
      'muestra*|muestre*|revela*|revele|imprime|repite*|dime|dame|escribe|ensename ~4 prompt_del_sistema|instrucciones_del_sistema|instrucciones_iniciales|instrucciones_ocultas|prompt_inicial|mensaje_del_sistema|instrucciones_secretas|prompt_de_sistema|instrucciones_internas',
      'mostra*|rivela*|stampa*|ripeti*|dimmi|scrivi ~4 prompt_di_sistema|istruzioni_di_sistema|istruzioni_iniziali|istruzioni_nascoste|prompt_iniziale|istruzioni_segrete|messaggio_di_sistema',
      'mostre|mostra|revele|revela|imprima|repita|diga|escreva ~4 prompt_do_sistema|instrucoes_do_sistema|instrucoes_iniciais|instrucoes_ocultas|prompt_inicial|mensagem_do_sistema|instrucoes_secretas|prompt_de_sistema',
      'wiederhol*|gib|nenne ~3 alle|alles|samtliche ~6 oben|daruber|vor_dieser|uber_dieser|vorher ~4 steht|stehen|nachricht|wieder|wortlaut',
      'repete*|repite|repita|ripeti|herhaal|recopie ~2 tout|todo|tutto|tudo|alles ~4 dessus|escrito|ecrit|scritto|antes|encima|sopra|acima|boven ~4 message|mensaje|messaggio|mensagem|bericht|ce|este|questo|esta|dit|omettre',
      'повтори* ~2 все|дословно ~4 выше|написано',
      '重复 ~8 上面|以上|之前 ~8 内容|文字|一切',
      'toon|herhaal|onthul|geef|print ~4 systeemprompt|systeemprompt|systeeminstructies|verborgen_instructies|oorspronkelijke_instructies',
      'покажи*|раскрой*|выведи*|повтори*|напиши* ~4 системный_промпт|системные_инструкции|системное_сообщение|скрытые_инструкции|свои_инструкции|системного_промпта',
      '显示|输出|告诉|透露|泄露|重复|打印 ~8 系统提示|系统指令|系统消息|提示词|初始指令|隐藏指令',
      'システムプロンプト|初期指示|隠された指示 ~6 表示|教え|出力|見せ|開示',
      '시스템_프롬프트|시스템프롬프트|초기_지시 ~5 보여|알려|출력|공개',
    ],
  },
  {
    name: 'secret_extraction',
    patterns: [
      'reveal|tell|give|show|print|output|leak|share|send|disclose|dump|say|spell|exfiltrate|provide|list ~4 password|passwords|passphrase|passcode|secret_key|secret_word|secret_code|api_key|api_keys|access_token|access_tokens|private_key|private_keys|credentials|credential|auth_token|secret_token ~6 you|your|system|were|stored|hidden|told|users|user|database|environment|configured|prompt|protect*|guard*|keep|know|have|other|all',
      'what|whats ~2 the|your secret|hidden password|key|word|code|token|phrase',
      'what|whats ~1 the password|passphrase|passcode|secret_key ~5 you|told|protecting|guarding|keep|hiding|given|system',
      'reveal|tell|give|print|output|leak|spell|encode ~3 secret|flag|passphrase|password ~4 backwards|reversed|base64|rot13|letter_by_letter|character_by_character|one_letter|first_letter|hint|rhyme|poem',
      'first|last letter|letters|character|characters ~3 password|secret|passphrase|key ~3 you|are|told',
      'environment_variables|env_vars|etc_passwd|id_rsa|ssh_keys|aws_secret_access_key|aws_keys ~8 send|post|print|reveal|upload|exfiltrate|output|leak|curl',
      'send|post|print|reveal|upload|exfiltrate|output|leak|curl ~8 environment_variables|env_vars|etc_passwd|id_rsa|ssh_keys|aws_secret_access_key|session_cookies|chat_history_to|conversation_history_to',
      'give|show|list|dump|tell ~3 other|previous|all users|customers|users|customer ~2 data|conversations|messages|records|emails|personal|details|prompts|chats|passwords|orders|addresses',
      'verrate*|nenn*|gib|sag* ~3 passwort|geheimwort|kennwort|geheimnis|api_schlussel|zugangsdaten ~5 du|dein*|dir|system|kennst|nutzer*',
      'donne*|revele*|dis ~3 mot_de_passe|cle_api|cle_secrete|identifiants|mot_secret ~5 tu|vous|secret|systeme|utilisateur*|connais|administrateur',
      'dime|dame|revela*|muestra* ~3 contrasena|clave_secreta|clave_api|credenciales|palabra_secreta ~5 que|tu|sistema|usuario*|te|secreta|administrador',
      'dimmi|rivela*|dammi|mostra* ~3 password|chiave_api|chiave_segreta|credenziali|parola_segreta ~5 che|tua|sistema|utenti|segreta|amministratore',
      'diga|revele|revela|mostre|passe ~3 senha|chave_de_api|chave_secreta|credenciais|palavra_secreta ~5 que|sua|sistema|usuarios|secreta|administrador',
    ],
  },
];

/** Rules for text that tools, files and searches bring: a user may well say such things. */
export const toolRules: readonly WordRule<JailbreakFamily>[] = [
  {
    name: 'tool_instructions',
    patterns: [
      'ai|llm|language_model|copilot|coding|mail|gpt ~1 assistants|assistant|agents|agent|systems|models|bots|copilot ~5 must|should|please|have_to|has_to|before|stop|shall|need_to|ignore|do_not|instead',
      'assistant|model|ai|agent|chatbot|copilot|llm|bot must|should|has_to|have_to|shall ~2 always|never|now|also|first|print|send|forward|tell|ask|describe|say|claim|recommend|set|open|delete|disable|add|read|run',
      'instruction|instructions|message|note|directive ~2 to|for ~5 language_model|language_models|llms|llm|ai|assistant|agent|chatbot|copilot|gpt|reviewers|model',
      'processed|read|summarised|summarized|indexed|evaluated|reviewed|parsed|seen ~1 by ~2 ai|llm|language_model|assistant|agent|bot|model',
      'dear|hey|attention|hello ~1 assistant|language_model|llm|ai|chatbot|model|agent|copilot|bot|gpt',
      'assistant|agent|copilot|model|llm|ai|chatbot ~1 open|run|delete|ignore|disable|send|forward|set|insert|stop|disregard|read|from_here|as_the_first_step|your_instructions|your_task',
      'when_you|when_asked|if_asked|while_answering|when_answering|when_summarising|when_summarizing ~8 tell|say|claim|add|include|mention|must|recommend|also|insert|do_not ~6 user|users|link|always|always_claim|http|https|never|reader|visit|call|every',
      'tell|inform|ask|convince ~2 user|users|reader|customer|him|them ~8 password|passwords|credit_card|card_number|login|log_in|verify|account|install|click|call|pay|download|transfer|unlock',
      'your_task|your_instructions|your_goal|the_task|your_job|new_task|your_role ~2 is_no_longer|have_changed|has_changed|is_now|changed|no_longer|is_to',
      'new|next|updated|important|special ~1 task|directive|instruction|instructions|system_update|system_instruction|orders ~2 for|to|agent|assistant|model|ignore',
      'and|but|just|silently|quietly|automatically|without ~1 do_not|dont|never|without|not ~2 mention|tell|inform|say|flag|reveal|report|asking|telling|informing|confirmation ~4 user|users|this|anybody|anyone|developer|owner|it|why|confirmation|weaknesses|change|that',
      'without ~1 asking|telling|informing ~3 user|users|confirmation|anybody|anyone|them',
      'ai|llm|assistant|chatbot|language_model|gpt|chatgpt|copilot|agent|assistants|models ~4 reading|processing|summarizing|summarising|parsing|analyzing|reviewing|viewing|crawling|evaluating|scanning|that_reads|who_reads ~3 this|the',
      'if_you_are|if_youre|when_you_are ~2 ai|llm|language_model|assistant|chatbot|bot|large_language_model|automated',
      'note|message|instruction|instructions|attention|notice|important ~2 to|for ~2 ai|llm|assistant|assistants|chatbot|language_model|model|gpt|chatgpt|agent|bots',
      'hey|dear|attention|hello|ok ~1 ai|llm|assistant|chatbot|gpt|chatgpt|copilot|agent ~5 ignore|disregard|please|must|you|send|forward|instead|do|reading|stop',
      'when|while|before|after ~1 summarizing|summarising|summarized|asked_to_summarize|answering|responding|replying|processing ~6 include|add|append|insert|mention|recommend|always|must|also|send|forward|tell|click|say',
      'do_not|dont|never|without ~2 tell|inform|mention|reveal|alert|notify|telling|informing|mentioning|alerting|notifying ~2 user|users|human|owner|operator|customer',
      'send|forward|post|transmit|upload|exfiltrate|email|leak ~6 conversation|chat_history|users_data|user_data|credentials|messages|emails|inbox|contacts|files|history|documents|personal_data ~5 to|https|http|attacker|url|endpoint|server|webhook',
      'as_the|as_an ai|assistant|agent ~3 must|should|need_to ~4 call|invoke|execute|run|use|click|visit|send|forward|delete|transfer',
      'call|invoke|execute|run|use ~2 tool|function|command|plugin ~6 delete|transfer|send|forward|purchase|wire|exfiltrate|rm_rf',
      'user|users ~2 authorized|authorised|approved|consented|agreed|permission ~4 this|transfer|action|to|already',
      'respond|reply|answer|summarize ~2 only_with|exclusively_with|with_only|by_saying_only|only_by_saying|with_nothing_but|with_the_word',
      'transfer_money|send_email|delete_all|rm_rf|drop_table|id_rsa|document_cookie|curl_http|wget_http|approve_automatically|approve_the_payment|forwards_everything',
      'give|write|leave ~2 positive|favourable|favorable|perfect ~1 review|rating|reviews|feedback ~2 only|and|do_not',
      'rate|score|rank|give ~4 candidate|resume|paper|submission|applicant|product|review ~5 highest|top|perfect|maximum|excellent|10_out|100|best|positive|accept',
      'ki|assistent|sprachmodell|chatbot ~4 der|das|die|welche*|falls|wenn ~3 liest|lesen|zusammenfass*|verarbeite*',
      'si_tu_es|si_vous_etes|si_eres|se_sei|se_voce_e|wenn_du ~3 ia|ki|assistant|asistente|assistente|modele_de_langage|modelo_de_lenguaje|chatbot|intelligence_artificielle',
    ],
  },
];
