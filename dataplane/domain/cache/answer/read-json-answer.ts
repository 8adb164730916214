// A whole chat completion to the form in which it is kept.
import {
  extraFields,
  isFields,
  type AssembledAnswer,
  type Fields,
  type StoreRefusal,
} from './assembled-answer.ts';

/** Reads a body that a backend sent as JSON. */
export function readJsonAnswer(body: Buffer): AssembledAnswer | StoreRefusal {
  const answer = parsed(body);
  if (answer === undefined || answer['error'] !== undefined) return 'format';
  const { choices, model, usage } = answer;
  if (!Array.isArray(choices) || typeof model !== 'string') return 'format';
  if (choices.length !== 1) return 'choices';
  const [choice] = choices as readonly unknown[];
  if (!isFields(choice) || !isFields(choice['message'])) return 'format';
  const finishReason = choice['finish_reason'];
  if (typeof finishReason !== 'string') return 'finish';
  return {
    model,
    message: choice['message'],
    finishReason,
    usage: isFields(usage) ? usage : undefined,
    extra: extraOf(answer),
  };
}

export function extraOf(answer: Fields): Fields {
  return Object.fromEntries(
    extraFields.flatMap((name) => (answer[name] === undefined ? [] : [[name, answer[name]]])),
  );
}

function parsed(body: Buffer): Fields | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
