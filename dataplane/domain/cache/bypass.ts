// Why a request does not get an answer from the cache. A closed list: each is a label of a metric.

/** Neither looked up nor stored. */
export const bypassReasons = [
  'client', // by the request's own header
  'identity', // no caller identity, and answers are kept by user
  'endpoint', // no chat completion
  'size', // longer than `max_request_bytes`
  'json', // parsers could read the body differently
  'choices', // several answers asked for
  'logprobs',
  'media', // images, audio or files
  'temperature', // higher than `max_temperature`
  'time', // the answer is another one tomorrow
  'detection', // personal data or a jailbreak attempt was found
] as const;

export type BypassReason = (typeof bypassReasons)[number];

/** Why only an identical request may be answered from the cache, where the policy would allow more. */
export const similarSkips = [
  'tools',
  'turns', // more user messages than `max_user_turns`
  'last_turn', // the last message is no user's
  'script', // letters that the encoder and the verifier do not know
  'code',
  'length', // too long to compare
  'words', // the encoder does not know a word
  'embedding', // no encoder, or no answer of it
] as const;

export type SimilarSkip = (typeof similarSkips)[number];
