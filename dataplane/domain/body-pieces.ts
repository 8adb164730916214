// A body as pieces that follow one another, so that what stays of it need not be copied.

export type BodyPieces = readonly Buffer[];

export function piecesLength(pieces: BodyPieces): number {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length;
}

export function joinPieces(pieces: BodyPieces): Buffer {
  const [only] = pieces;
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
}
