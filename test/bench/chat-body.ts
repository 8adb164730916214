// Chat requests of a given size: several turns, most of the text in the last one, and a keyword near
// its very end, so that a router has to look at all of it.
import { openings, passages, systemPrompt } from './prompt-text.ts';
import { topics } from './topics.ts';

interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface ChatBodyOptions {
  readonly bytes: number;
  readonly stream: boolean;
  /** Which of the bodies of this size: their texts begin differently and end in another keyword. */
  readonly variant: number;
}

/** How many bodies of one size take turns. */
export const variants = 8;

/** A request body of `bytes` bytes, give or take the length of one character. */
export function chatBody(options: ChatBodyOptions): Buffer {
  // Encoding lengthens the text by escapes, differently everywhere: find the length that fits.
  let low = 0;
  let high = options.bytes;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (Buffer.byteLength(encode(options, middle)) <= options.bytes) low = middle;
    else high = middle - 1;
  }
  return Buffer.from(encode(options, low));
}

/** What the last turn of a variant asks; holds the keywords of one rule. */
export function question(variant: number): string {
  const topic = topics[(variant * 3) % topics.length];
  const words = topic?.all === true ? topic.keywords.join(' and ') : (topic?.keywords[0] ?? '');
  return `\n\nSo here is my question, after all of the above: what should I know about "${words}" here?`;
}

function encode(options: ChatBodyOptions, length: number): string {
  const early = Math.floor(length / 4);
  const messages: Message[] = [{ role: 'system', content: systemPrompt }];
  for (const [index, [asked, answered]] of openings.entries()) {
    const pasted = filler(options.variant + index, Math.floor(early / openings.length));
    messages.push({ role: 'user', content: `${asked}\n\n${pasted}` });
    messages.push({ role: 'assistant', content: answered });
  }
  const last = filler(options.variant + openings.length, length - early);
  messages.push({ role: 'user', content: `${last}${question(options.variant)}` });
  return JSON.stringify({
    model: 'auto',
    messages,
    temperature: 0.7,
    top_p: 0.95,
    max_tokens: 512,
    stream: options.stream,
    seed: 20_260_101 + options.variant,
    metadata: { application: 'bench', trace: `t-${options.variant}` },
  });
}

/** `length` characters of passages, the numbers in them counting on. */
function filler(first: number, length: number): string {
  const pieces: string[] = [];
  let collected = 0;
  for (let index = first; collected < length; index += 1) {
    const passage = passages[index % passages.length] ?? '';
    const piece = passage.replaceAll('#', () => String((index * 7 + pieces.length * 13) % 60));
    pieces.push(piece);
    collected += piece.length + 2;
  }
  // A cut in the middle of a surrogate pair would not survive the encoding.
  return pieces.join('\n\n').slice(0, length).toWellFormed();
}
