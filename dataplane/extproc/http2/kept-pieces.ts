// Keeps bytes that came and cannot be used yet. A client chooses how it cuts them: were each piece kept as it
// is, a byte would hold on to an object and to all that came from the socket together with it.

/** A piece this long is kept as it is. */
const copiedBelowBytes = 4_096;

/** So many pieces, when they are this short together, become one. */
const piecesInOne = 256;
const bytesInOne = 65_536;

/** Adds a piece behind those that are kept. */
export function keepPiece(kept: Buffer[], piece: Buffer): void {
  kept.push(piece.length < copiedBelowBytes ? Buffer.from(piece) : piece);
  if (kept.length % piecesInOne !== 0) return;
  const last = kept.slice(-piecesInOne);
  const bytes = last.reduce((sum, one) => sum + one.length, 0);
  if (bytes <= bytesInOne) kept.splice(-piecesInOne, piecesInOne, Buffer.concat(last, bytes));
}
