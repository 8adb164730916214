// Why a request body is refused. It knows no HTTP: a code, a sentence and the field.

export type RequestProblemCode =
  | 'invalid_json'
  | 'not_an_object'
  | 'missing_model'
  | 'invalid_model'
  | 'ambiguous_model'
  /** Another field that decides something stands twice. */
  | 'ambiguous_field'
  | 'missing_messages'
  | 'invalid_messages'
  | 'invalid_stream'
  | 'invalid_stream_options';

/** Why a body is refused. */
export interface RequestProblem {
  readonly code: RequestProblemCode;
  /** A sentence for the client that quotes nothing of the body. */
  readonly message: string;
  /** The field that is wrong, as OpenAI's `error.param`. */
  readonly param: string | undefined;
}

export function problem(code: RequestProblemCode, message: string, param?: string): RequestProblem {
  return { code, message, param };
}
