// The trie of an Aho-Corasick automaton: its states in order of depth, each with the state to fall
// back to. It knows symbols, not characters.

/** State 0 is the root. Children of one state have consecutive numbers, rising with their symbol. */
export interface Trie {
  readonly stateCount: number;
  /** Children of state s: from `firstChild[s]` up to, and without, `firstChild[s + 1]`. */
  readonly firstChild: Int32Array;
  /** The symbol that leads into each state. */
  readonly symbol: Int32Array;
  /** The state of the longest proper suffix; always a smaller number, but for the root. */
  readonly fail: Int32Array;
  /** The nearest state, following `fail`, at which a pattern ends; 0 when there is none. */
  readonly link: Int32Array;
  /** Patterns that end at each state; absent where none does. */
  readonly ending: ReadonlyMap<number, readonly number[]>;
}

interface Node {
  readonly children: Map<number, Node>;
  patterns: number[] | undefined;
}

/** Builds the trie of words over symbols; a word stands for the pattern with the number beside it. */
export function buildTrie(
  words: Iterable<readonly [symbols: readonly number[], pattern: number]>,
): Trie {
  const root: Node = { children: new Map(), patterns: undefined };
  let stateCount = 1;
  for (const [symbols, pattern] of words) {
    let node = root;
    for (const symbol of symbols) {
      let child = node.children.get(symbol);
      if (child === undefined) {
        child = { children: new Map(), patterns: undefined };
        node.children.set(symbol, child);
        stateCount++;
      }
      node = child;
    }
    (node.patterns ??= []).push(pattern);
  }
  return number(root, stateCount);
}

function number(root: Node, stateCount: number): Trie {
  const firstChild = new Int32Array(stateCount + 1);
  const symbol = new Int32Array(stateCount);
  const parent = new Int32Array(stateCount);
  const ending = new Map<number, readonly number[]>();
  const queue: Node[] = [root];
  for (let state = 0; state < stateCount; state++) {
    const node = queue[state] as Node;
    if (node.patterns !== undefined) ending.set(state, node.patterns);
    firstChild[state] = queue.length;
    for (const [into, child] of [...node.children].sort(([left], [right]) => left - right)) {
      symbol[queue.length] = into;
      parent[queue.length] = state;
      queue.push(child);
    }
  }
  firstChild[stateCount] = stateCount;
  const trie = { stateCount, firstChild, symbol, ending };
  return { ...trie, ...linkStates(trie, parent) };
}

function linkStates(
  trie: Omit<Trie, 'fail' | 'link'>,
  parent: Int32Array,
): Pick<Trie, 'fail' | 'link'> {
  const fail = new Int32Array(trie.stateCount);
  const link = new Int32Array(trie.stateCount);
  for (let state = 1; state < trie.stateCount; state++) {
    const above = parent[state] as number;
    const symbol = trie.symbol[state] as number;
    let candidate = above;
    let target = -1;
    while (candidate !== 0 && target < 0) {
      candidate = fail[candidate] as number;
      target = findChild(trie, candidate, symbol);
    }
    const suffix = Math.max(target, 0);
    fail[state] = suffix;
    link[state] = trie.ending.has(suffix) ? suffix : (link[suffix] as number);
  }
  return { fail, link };
}

/** The child of `state` by `symbol`, or -1. */
export function findChild(
  { firstChild, symbol }: Pick<Trie, 'firstChild' | 'symbol'>,
  state: number,
  wanted: number,
): number {
  let low = firstChild[state] as number;
  let high = (firstChild[state + 1] as number) - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = symbol[middle] as number;
    if (found === wanted) return middle;
    if (found < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
