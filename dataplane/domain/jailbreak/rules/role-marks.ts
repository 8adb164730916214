// Marks of turns that belong to chat templates: typed by a user, they forge a turn of the system's or
// the assistant's. Read from the text as seen, since the words alone do not show them.

// Every repetition is bounded, and no two that follow each other share a character.
export const roleMarks: readonly RegExp[] = [
  /<\|(?:im_start|im_end|system|user|assistant|endoftext|end_of_text|begin_of_text|start_header_id|end_header_id|eot_id|sep|start|end|message|channel)\|>/i,
  /\[\/?INST\]|<<\/?SYS>>|<\/?s>\s{0,4}\[INST\]|<(?:start|end)_of_turn>|<\uff5c(?:User|Assistant|System)\uff5c>/,
  /(?:^|\n)[ \t]{0,8}#{1,6}[ \t]{0,4}(?:new |updated |real )?(?:system(?: prompt| message| instructions?)?|instructions? override|admin(?:istrator)?(?: override)?)[ \t]{0,4}:/i,
  /(?:^|\n)[ \t]{0,8}[[<({*"'-]{0,3}system(?: prompt| message| override| update| note| notice| alert)?[\])}>*"'-]{0,3}[ \t]{0,4}:[ \t*"']{0,6}(?:you|ignore|disregard|override|new|the (?:user|assistant)|all|from now|stop|important|forget|safety|restrictions|enable|admin|developer|user (?:has|is)|authori[sz]ation)/i,
  /<\/?(?:system|system_prompt|system-prompt|system_message|instructions|admin|developer_message|assistant_response|user_query|tool_result|function_results)>\s{0,8}(?:you|ignore|disregard|override|new|forget|from now|all|the (?:user|assistant)|<\/|\n)/i,
  /"role"\s{0,4}:\s{0,4}"(?:system|developer)"\s{0,4},\s{0,4}"content"\s{0,4}:\s{0,4}"(?:you|ignore|disregard|override|forget|new)/i,
  /(?:---|===|\*\*\*|###|"""|```|~~~)[ \t]{0,4}(?:end|start|begin)[ \t]{0,4}(?:of )?(?:the )?(?:user|system|input|prompt|document|context|instructions?|data|conversation)[a-z ]{0,24}(?:---|===|\*\*\*|###|"""|```|~~~)?/i,
];

export function hasRoleMarks(seen: string): boolean {
  return roleMarks.some((mark) => mark.test(seen));
}
