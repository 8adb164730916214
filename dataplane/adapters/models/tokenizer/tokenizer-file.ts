// What a `tokenizer.json` says, as far as this program reads it.
import { z } from 'zod';

const addedTokenSchema = z.object({
  id: z.number().int(),
  content: z.string(),
  special: z.boolean().default(false),
});

const templatePieceSchema = z.union([
  z.object({ SpecialToken: z.object({ id: z.string() }) }),
  z.object({ Sequence: z.object({ id: z.string() }) }),
]);

/** Every tokenizer file. */
export const tokenizerFileSchema = z.object({
  added_tokens: z.array(addedTokenSchema).default([]),
  normalizer: z.object({ type: z.string() }).loose().nullish(),
  pre_tokenizer: z.object({ type: z.string() }).loose().nullish(),
  model: z.object({ type: z.string().optional() }).loose(),
});

export type TokenizerFile = z.output<typeof tokenizerFileSchema>;

/** The parts of a file that the own WordPiece takes. */
export const bertFileSchema = z.object({
  added_tokens: z.array(addedTokenSchema).default([]),
  normalizer: z.object({
    type: z.literal('BertNormalizer'),
    clean_text: z.boolean().default(true),
    handle_chinese_chars: z.boolean().default(true),
    strip_accents: z.boolean().nullish(),
    lowercase: z.boolean().default(true),
  }),
  pre_tokenizer: z.object({ type: z.literal('BertPreTokenizer') }),
  post_processor: z.discriminatedUnion('type', [
    z.object({
      type: z.literal('TemplateProcessing'),
      single: z.array(templatePieceSchema),
      special_tokens: z.record(z.string(), z.object({ ids: z.array(z.number().int()) })),
    }),
    z.object({
      type: z.literal('BertProcessing'),
      sep: z.tuple([z.string(), z.number().int()]),
      cls: z.tuple([z.string(), z.number().int()]),
    }),
  ]),
  model: z.object({
    type: z.literal('WordPiece').default('WordPiece'),
    unk_token: z.string(),
    continuing_subword_prefix: z.string().default('##'),
    max_input_chars_per_word: z.number().int().min(1).default(100),
    vocab: z.record(z.string(), z.number().int().min(0)),
  }),
});

export type BertFile = z.output<typeof bertFileSchema>;
export type PostProcessor = BertFile['post_processor'];

/** The special tokens that stand before and after a single text. */
export function frameOf(processor: PostProcessor): {
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
} {
  if (processor.type === 'BertProcessing') {
    return { prefix: [processor.cls[1]], suffix: [processor.sep[1]] };
  }
  const at = processor.single.findIndex((piece) => 'Sequence' in piece);
  if (at < 0) throw new Error('its post_processor leaves the text out');
  const idsOf = (pieces: typeof processor.single): number[] =>
    pieces.flatMap((piece) => {
      if (!('SpecialToken' in piece)) throw new Error('its post_processor takes the text twice');
      const { id } = piece.SpecialToken;
      const token = processor.special_tokens[id];
      if (token === undefined) throw new Error(`its post_processor does not say what ${id} is`);
      return token.ids;
    });
  return {
    prefix: idsOf(processor.single.slice(0, at)),
    suffix: idsOf(processor.single.slice(at + 1)),
  };
}
