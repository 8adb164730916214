// Small tokenizer.json files, so that tests need no downloaded model.

const specials = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

export interface BertFileOptions {
  /** Pieces beyond the special tokens, which have the ids 0 to 4; the first one gets 5. */
  readonly pieces: readonly string[];
  readonly normalizer?: Readonly<Record<string, unknown>>;
  readonly maxCharactersPerWord?: number;
}

/** A file as BERT models have it. It asks for padding and truncation, which nobody must heed. */
export function bertTokenizerFile(options: BertFileOptions): string {
  const { pieces, normalizer = {}, maxCharactersPerWord = 100 } = options;
  const vocab = Object.fromEntries([...specials, ...pieces].map((piece, id) => [piece, id]));
  return JSON.stringify({
    version: '1.0',
    truncation: { max_length: 4, strategy: 'LongestFirst', stride: 0, direction: 'Right' },
    padding: {
      strategy: { Fixed: 4 },
      direction: 'Right',
      pad_to_multiple_of: null,
      pad_id: 0,
      pad_type_id: 0,
      pad_token: '[PAD]',
    },
    added_tokens: specials.map((content, id) => addedToken(id, content)),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
      ...normalizer,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [specialPiece('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, specialPiece('[SEP]')],
      pair: [],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
      },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: maxCharactersPerWord,
      vocab,
    },
  });
}

/** A BPE file: blanks split words, and each of the given characters is a token, none merged. */
export function bpeTokenizerFile(characters: string): string {
  const vocab = Object.fromEntries(
    ['<s>', '</s>', '<unk>', ...Array.from(characters)].map((piece, id) => [piece, id]),
  );
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: ['<s>', '</s>', '<unk>'].map((content, id) => addedToken(id, content)),
    normalizer: null,
    pre_tokenizer: {
      type: 'Split',
      pattern: { String: ' ' },
      behavior: 'Removed',
      invert: false,
    },
    post_processor: {
      type: 'TemplateProcessing',
      single: [specialPiece('<s>'), { Sequence: { id: 'A', type_id: 0 } }, specialPiece('</s>')],
      pair: [],
      special_tokens: {
        '<s>': { id: '<s>', ids: [0], tokens: ['<s>'] },
        '</s>': { id: '</s>', ids: [1], tokens: ['</s>'] },
      },
    },
    decoder: null,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: '<unk>',
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab,
      merges: [],
    },
  });
}

function addedToken(id: number, content: string): object {
  return {
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  };
}

function specialPiece(id: string): object {
  return { SpecialToken: { id, type_id: 0 } };
}
