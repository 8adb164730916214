// Every tokenizer that is not BERT's, by the native package `tokenizers`. It counts offsets in code
// points and would read special tokens out of texts; both are put right here.
import type * as native from 'tokenizers';
import type { Encoded, Tokenizer } from './tokenizer.ts';
import type { TokenizerFile } from './tokenizer-file.ts';
import { sentenceOf } from '../sentence-of.ts';

type NativeModule = Pick<typeof native, 'Tokenizer'>;
/** Loads the package; rejects where it is not installed for this platform. */
export type LoadNative = () => Promise<NativeModule>;

export const loadNativeTokenizers: LoadNative = () => import('tokenizers');

export async function createNativeTokenizer(
  json: string,
  { model, added_tokens }: TokenizerFile,
  load: LoadNative,
): Promise<Tokenizer> {
  const kind = model.type ?? 'unknown';
  const { Tokenizer: Native } = await load().catch((error: unknown) => {
    throw new Error(
      `is of type ${kind}, which needs the package \`tokenizers\`, and that does not load here ` +
        `(${sentenceOf(error)})`,
      { cause: error },
    );
  });
  let tokenizer: native.Tokenizer;
  try {
    tokenizer = Native.fromString(json);
  } catch (error) {
    throw new Error(`is of type ${kind} and does not load: ${sentenceOf(error)}`, { cause: error });
  }
  tokenizer.disablePadding();
  tokenizer.disableTruncation();
  const special = added_tokens.filter((token) => token.special);
  const specialIds = new Set(special.map(({ id }) => id));
  const unknownId = readUnknownId(model, tokenizer);
  const split = specialSplitter(special.map(({ content }) => content));
  return {
    ...(await readFrame(tokenizer)),
    padId: readPadId(json, special),
    unknownId,
    encode: async (text) => {
      const parts = split(text);
      const encodings = await Promise.all(
        parts.map((part) => tokenizer.encode(part, null, { addSpecialTokens: false })),
      );
      return join(parts, encodings, (id) => (specialIds.has(id) ? unknownId : id));
    },
  };
}

/**
 * Cuts a text after the first character of whatever spells a special token, so that no part spells
 * one.
 */
function specialSplitter(contents: readonly string[]): (text: string) => readonly string[] {
  const needles = contents.filter((content) => content.length > 1);
  if (needles.length === 0) return (text) => [text];
  const pattern = new RegExp(
    needles
      .toSorted((a, b) => b.length - a.length)
      .map((needle) => needle.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
      .join('|'),
    'gu',
  );
  return (text) => {
    const parts: string[] = [];
    let begun = 0;
    pattern.lastIndex = 0;
    for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
      const cut = found.index + String.fromCodePoint(text.codePointAt(found.index) ?? 0).length;
      parts.push(text.slice(begun, cut));
      begun = cut;
      // Special tokens may overlap: what follows the cut is looked at again.
      pattern.lastIndex = cut;
    }
    return [...parts, text.slice(begun)];
  };
}

/** Puts the encodings of the parts of a text together, with offsets in UTF-16. */
function join(
  parts: readonly string[],
  encodings: readonly native.Encoding[],
  idOf: (id: number) => number | undefined,
): Encoded {
  const ids: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let base = 0;
  for (const [at, encoding] of encodings.entries()) {
    const part = parts[at] ?? '';
    const units = unitsOfCodePoints(part);
    const offsets = encoding.getOffsets();
    for (const [token, nativeId] of encoding.getIds().entries()) {
      const id = idOf(nativeId);
      if (id === undefined) continue;
      const [from = 0, to = 0] = offsets[token] ?? [];
      ids.push(id);
      starts.push(base + units(from));
      ends.push(base + units(to));
    }
    base += part.length;
  }
  return {
    ids: Int32Array.from(ids),
    starts: Int32Array.from(starts),
    ends: Int32Array.from(ends),
  };
}

/** Where the code point of a number begins, in UTF-16 units. */
function unitsOfCodePoints(text: string): (codePoint: number) => number {
  if (!/[\ud800-\udbff]/.test(text)) return (codePoint) => codePoint;
  const units = new Int32Array(text.length + 1);
  let count = 0;
  let at = 0;
  for (const character of text) {
    units[count++] = at;
    at += character.length;
  }
  units[count] = at;
  return (codePoint) => units[Math.min(codePoint, count)] ?? at;
}

/** What the tokenizer puts around a text. */
async function readFrame(
  tokenizer: native.Tokenizer,
): Promise<Pick<Tokenizer, 'prefix' | 'suffix'>> {
  const mask = await tokenizer.encode('a', null, { addSpecialTokens: true });
  const isSpecial = mask.getSpecialTokensMask();
  const ids = mask.getIds();
  const first = isSpecial.indexOf(0);
  const last = isSpecial.lastIndexOf(0);
  if (first < 0) throw new Error('gives no token for the letter a');
  return { prefix: ids.slice(0, first), suffix: ids.slice(last + 1) };
}

function readUnknownId(
  model: TokenizerFile['model'],
  tokenizer: native.Tokenizer,
): number | undefined {
  const { unk_token: token, unk_id: id } = model;
  if (typeof id === 'number') return id;
  return typeof token === 'string' ? (tokenizer.tokenToId(token) ?? undefined) : undefined;
}

function readPadId(json: string, special: TokenizerFile['added_tokens']): number {
  const { padding } = JSON.parse(json) as {
    readonly padding?: { readonly pad_id?: unknown } | null;
  };
  if (typeof padding?.pad_id === 'number') return padding.pad_id;
  return special.find(({ content }) => /^[[<|]+pad[|>\]]+$/i.test(content))?.id ?? 0;
}
