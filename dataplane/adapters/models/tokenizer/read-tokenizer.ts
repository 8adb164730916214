// Chooses a tokenizer for a `tokenizer.json`: our own WordPiece where the file asks for what BERT
// does, the native package for every other. Never one in place of the other without a word.
import { createNativeTokenizer, type LoadNative } from './native-tokenizer.ts';
import type { Tokenizer } from './tokenizer.ts';
import {
  bertFileSchema,
  frameOf,
  tokenizerFileSchema,
  type BertFile,
  type TokenizerFile,
} from './tokenizer-file.ts';
import { createWordPiece } from './word-piece.ts';

/**
 * Rejects with one sentence where the file is no tokenizer, or one that nothing installed here can
 * run.
 */
export async function readTokenizer(json: string, loadNative: LoadNative): Promise<Tokenizer> {
  const value = parse(json);
  const file = tokenizerFileSchema.safeParse(value);
  if (!file.success) throw new Error(describe(file.error.issues[0]));
  if (!isBertLike(file.data)) return createNativeTokenizer(json, file.data, loadNative);
  const bert = bertFileSchema.safeParse(value);
  if (!bert.success) throw new Error(describe(bert.error.issues[0]));
  return wordPieceOf(bert.data);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new Error('is not JSON');
  }
}

/** A token that is added without being special must be found in texts: only the native one does. */
function isBertLike({ model, normalizer, pre_tokenizer, added_tokens }: TokenizerFile): boolean {
  return (
    (model.type ?? 'WordPiece') === 'WordPiece' &&
    normalizer?.type === 'BertNormalizer' &&
    pre_tokenizer?.type === 'BertPreTokenizer' &&
    added_tokens.every(({ special }) => special)
  );
}

function wordPieceOf({ added_tokens, normalizer, post_processor, model }: BertFile): Tokenizer {
  const ids = new Map(Object.entries(model.vocab));
  const idOf = (token: string): number | undefined =>
    added_tokens.find(({ content }) => content === token)?.id ?? ids.get(token);
  const unknownId = idOf(model.unk_token);
  if (unknownId === undefined) throw new Error(`its vocabulary lacks ${model.unk_token}`);
  const pieces = new Map(ids);
  // What a text spells is never a special token.
  for (const { content } of added_tokens) pieces.delete(content);
  return createWordPiece(
    {
      ids: pieces,
      continuation: model.continuing_subword_prefix,
      unknownId,
      maxCharactersPerWord: model.max_input_chars_per_word,
    },
    {
      cleansText: normalizer.clean_text,
      splitsChinese: normalizer.handle_chinese_chars,
      stripsAccents: normalizer.strip_accents ?? normalizer.lowercase,
      lowercases: normalizer.lowercase,
    },
    { ...frameOf(post_processor), padId: idOf('[PAD]') ?? 0 },
  );
}

function describe(
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
): string {
  const path = issue?.path.join('.') ?? '';
  return `is no tokenizer file: ${path === '' ? '' : `${path}: `}${issue?.message ?? 'unreadable'}`;
}
