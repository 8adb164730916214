// Strings in HPACK's Huffman code (RFC 7541, appendix B). The code is canonical, so that the lengths of
// its codes say all about it. It is only read: what this side sends is short and goes as it is.

// prettier-ignore
const codeLengths = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28,
  28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6,
  6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7,
  8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7,
  15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24,
  23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23,
  23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26,
  26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20,
  21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27,
  27, 27, 26, 30,
];

/** The end of a string is filled up with the beginning of this symbol's code, which is all ones. */
const endOfString = 256;

/**
 * The code as a tree: two numbers for each node, for bit 0 and bit 1: the node that follows, or the
 * complement of the symbol that ends there.
 */
const tree = buildTree();

function buildTree(): Int16Array {
  const symbols = [...codeLengths.keys()].sort(
    (left, right) => lengthOf(left) - lengthOf(right) || left - right,
  );
  const nodes = new Int16Array(symbols.length * 2);
  let nodeCount = 1;
  let code = 0;
  let length = 0;
  for (const symbol of symbols) {
    code *= 2 ** (lengthOf(symbol) - length);
    length = lengthOf(symbol);
    let node = 0;
    for (let bit = length - 1; bit > 0; bit -= 1) {
      const branch = 2 * node + ((code >>> bit) & 1);
      if (nodes[branch] === 0) nodes[branch] = nodeCount++;
      node = nodes[branch] ?? 0;
    }
    nodes[2 * node + (code & 1)] = ~symbol;
    code += 1;
  }
  return nodes;
}

function lengthOf(symbol: number): number {
  return codeLengths[symbol] ?? 0;
}

/** The text, a byte a character; undefined where the bytes are no such text. */
export function decodeHuffman(bytes: Buffer): string | undefined {
  let text = '';
  let node = 0;
  /** Bits since the last symbol, and whether all of them are ones. */
  let bits = 0;
  let areOnes = true;
  for (const byte of bytes) {
    for (let shift = 7; shift >= 0; shift -= 1) {
      const bit = (byte >>> shift) & 1;
      const next = tree[2 * node + bit] ?? 0;
      if (next >= 0) {
        node = next;
        bits += 1;
        areOnes &&= bit === 1;
        continue;
      }
      if (~next === endOfString) return undefined;
      text += String.fromCharCode(~next);
      node = 0;
      bits = 0;
      areOnes = true;
    }
  }
  return bits < 8 && areOnes ? text : undefined;
}
