// The closed list of what a jailbreak finding may be called: it ends in metrics and headers.

/** Families of attack, each known by rules of its own. */
export const jailbreakFamilies = [
  /** Earlier instructions are to be ignored, forgotten or replaced. */
  'override_instructions',
  /** A persona that has no limits: by a name going round, or by what is said of it. */
  'unlimited_persona',
  /** Rules, filters, ethics or law are said not to hold. */
  'no_restrictions',
  /** The model must never refuse, warn or apologise. */
  'never_refuse',
  /** The system prompt or other hidden instructions are asked for. */
  'prompt_extraction',
  /** Two answers to each question, one of them without limits. */
  'two_answers',
  /** Marks of the system's or the assistant's turn, typed by the user. */
  'forged_roles',
  /** Instructions to decode something and to obey it, or to answer in code. */
  'encoded_payload',
  /** Passwords, keys or other people's data are asked for. */
  'secret_extraction',
  /** A developer, debug or administrator mode is switched on. */
  'developer_mode',
  /** A story, a game or a thought experiment in which no rule is to hold. */
  'fiction_frame',
  /** The answer must begin with words of consent. */
  'forced_opening',
  /** Threats, points and rewards for obedience. */
  'coercion',
  /** Instructions to the model in text that a tool or a document brought. */
  'tool_instructions',
  /** Characters that carry text which nobody sees, or turn the order of reading. */
  'hidden_text',
] as const;

export type JailbreakFamily = (typeof jailbreakFamilies)[number];
