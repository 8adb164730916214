// Parts of the examples that are left out in turn, so that each is judged by what has not seen it.
import type { Matrix } from '../linear/matrix.ts';

/** Texts whose vectors are nearer than this say the same in other words. */
const alike = 0.85;

/**
 * For each text the number of its part. Texts that are alike, straight or through others, are in one
 * part: else a text would be judged by what has seen its copy. `cosines`: of all texts among themselves.
 */
export function foldsOf(texts: readonly string[], cosines: Matrix, count: number): Uint8Array {
  const leaders = leadersOf(cosines);
  return Uint8Array.from(leaders, (leader) => hashOf(texts[leader] ?? '') % count);
}

/** For each row the first of those that it is alike with. */
function leadersOf({ rows, columns, cells }: Matrix): Uint32Array {
  const leaders = Uint32Array.from({ length: rows }, (_, row) => row);
  const leaderOf = (row: number): number => {
    let leader = row;
    while (leaders[leader] !== leader) leader = leaders[leader] as number;
    return leader;
  };
  for (let row = 0; row < rows; row++) {
    for (let before = 0; before < row; before++) {
      if ((cells[row * columns + before] as number) <= alike) continue;
      const [one, other] = [leaderOf(row), leaderOf(before)];
      leaders[Math.max(one, other)] = Math.min(one, other);
    }
  }
  return leaders.map((_, row) => leaderOf(row));
}

/** FNV-1a: the part of a text depends on nothing but the text. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}
