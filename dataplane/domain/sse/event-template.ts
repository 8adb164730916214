// Recognises the events of a stream that are alike but for one text. Nearly all events of an answer
// are: the same id, model and shape around the next word. Comparing costs a tenth of scanning
// (measured in Node 24: 0.1 us against 1.2 us for an event of 250 bytes).
import { isSimpleEscape } from '../json/text.ts';
import { type JsonDocument, type JsonNode, none } from '../json/document.ts';

/** Longer events are not worth remembering. */
const maxTemplateBytes = 4096;

const quote = 0x22;
const backslash = 0x5c;

export class EventTemplate {
  private bytes = Buffer.alloc(0);
  private length = 0;
  /** Where the text lies, its quotes excluded. */
  private textStart = 0;
  private textEnd = 0;

  /** Remembers the event that was just read, if `text` is one string in it and not `none`. */
  learn(document: JsonDocument, text: JsonNode): void {
    const start = document.start(document.root);
    const length = document.end(document.root) - start;
    if (text === none || length > maxTemplateBytes) return;
    if (length > this.bytes.length) this.bytes = Buffer.allocUnsafe(length + 64);
    document.bytes.copy(this.bytes, 0, start, start + length);
    this.length = length;
    this.textStart = document.start(text) + 1 - start;
    this.textEnd = document.end(text) - 1 - start;
  }

  /**
   * The length of the text in UTF-8 where the event from `start` to `end` is the remembered one with
   * another text, which holds no \uXXXX; otherwise -1. Such an event is valid JSON if the other was.
   */
  match(bytes: Buffer, start: number, end: number): number {
    const { bytes: known, textStart, textEnd } = this;
    const grown = end - start - this.length;
    const length = textEnd - textStart + grown;
    if (this.length === 0 || length < 0) return -1;
    if (known.compare(bytes, start, start + textStart, 0, textStart) !== 0) return -1;
    const shift = start + grown;
    for (let index = textEnd; index < this.length; index += 1) {
      if (bytes[shift + index] !== known[index]) return -1;
    }
    const last = start + textStart + length;
    let escapes = 0;
    for (let index = start + textStart; index < last; index += 1) {
      const byte = bytes[index] ?? 0;
      if (byte < 0x20 || byte === quote) return -1;
      if (byte !== backslash) continue;
      index += 1;
      if (index === last || !isSimpleEscape(bytes[index] ?? 0)) return -1;
      escapes += 1;
    }
    return length - escapes;
  }
}
