// What a model, a detector or a store says when it could not tell. It is unknown then, never false,
// and never an exception.

/**
 * Why: nothing of the kind is installed (`absent`), too many wait already (`overloaded`), it took too
 * long (`deadline`), it failed (`failed`), or it does not understand such text, as where a model knows
 * Latin script alone (`unsupported`).
 */
export type UnavailableReason = 'absent' | 'overloaded' | 'deadline' | 'failed' | 'unsupported';

export interface Unavailable {
  readonly unavailable: UnavailableReason;
}

export function isUnavailable(value: object): value is Unavailable {
  return 'unavailable' in value;
}
