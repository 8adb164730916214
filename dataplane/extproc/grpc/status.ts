// How a gRPC call ends: a code, and for all but OK a sentence.

/** The codes that this server gives, by their numbers in the gRPC specification. */
export const codes = {
  ok: 0,
  invalidArgument: 3,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

export interface GrpcStatus {
  readonly code: number;
  /** Goes to the client: says what is wrong and quotes nothing. */
  readonly message?: string | undefined;
}

export const ok: GrpcStatus = { code: codes.ok };

/** The status as trailers; a message keeps to the characters that a header may hold. */
export function trailersOf({ code, message }: GrpcStatus): Record<string, string> {
  const trailers = { 'grpc-status': String(code) };
  return message === undefined
    ? trailers
    : { ...trailers, 'grpc-message': percentEncoded(message) };
}

/** As the specification has it: what is not printable ASCII, and the percent sign, as `%XX`. */
function percentEncoded(text: string): string {
  return text.replace(/[^ -$&-~]+/gu, (run) =>
    Array.from(
      Buffer.from(run),
      (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    ).join(''),
  );
}
