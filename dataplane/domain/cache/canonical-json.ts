// One text for all JSON texts that say the same: keys in order, no blanks. Two texts that any two
// parsers could read differently have none.

/**
 * The canonical text of a value, keys of the outermost object in `omit` left out. Undefined where the
 * value holds numbers that lose digits as they are read, which other parsers may keep.
 */
export function canonicalJson(
  value: unknown,
  omit: ReadonlySet<string> = none,
): string | undefined {
  try {
    return write(value, omit);
  } catch (error) {
    if (error instanceof InexactNumber) return undefined;
    throw error;
  }
}

const none: ReadonlySet<string> = new Set();

class InexactNumber extends Error {}

function write(value: unknown, omit: ReadonlySet<string>): string {
  if (Array.isArray(value)) return `[${value.map((item) => write(item, none)).join(',')}]`;
  if (typeof value === 'object' && value !== null) return writeObject(value, omit);
  if (typeof value === 'number' && !isExact(value)) throw new InexactNumber();
  return JSON.stringify(value);
}

function writeObject(object: object, omit: ReadonlySet<string>): string {
  const members = Object.entries(object)
    .filter(([key]) => !omit.has(key))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${JSON.stringify(key)}:${write(value, none)}`);
  return `{${members.join(',')}}`;
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

/** How many members the objects of a value have together. */
function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner: unknown[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : inner.length;
  return inner.reduce<number>((sum, item) => sum + countMembers(item), own);
}

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/**
 * Whether a JSON text repeats a key in one of its objects. Parsers differ in which of the two they
 * believe, so that such a text could pass for another one. `value` is what JSON.parse made of it.
 */
export function repeatsKey(text: Uint8Array, value: unknown): boolean {
  let colons = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at];
    if (isInString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) isInString = false;
    } else if (byte === quote) isInString = true;
    else if (byte === colon) colons += 1;
  }
  return colons !== countMembers(value);
}
