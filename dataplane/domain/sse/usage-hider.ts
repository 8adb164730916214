// Takes out of an event stream the usage chunk that the router asked for and the client did not.
// Every other byte passes in its order; at most one event that is not yet whole is held back.
import { readChatAnswer } from '../answer/chat.ts';
import { AnswerTally } from '../answer/tally.ts';
import { JsonDocument, none } from '../json/document.ts';
import { NameTable } from '../json/names.ts';
import { kinds } from '../json/scanner.ts';
import { ByteCollector } from './byte-collector.ts';
import { EventReader, maxEventBytes } from './event-reader.ts';
import { EventTemplate } from './event-template.ts';

export interface UsageHider {
  /** The bytes to pass on now for the chunk that came: the chunk itself where nothing is hidden. */
  feed(chunk: Buffer): Buffer;
  /** The stream is over: the bytes that were still held back. */
  end(): Buffer;
}

/** Hides each event whose `choices` is empty and whose `usage` is an object, and no other. */
export function createUsageHider(): UsageHider {
  return new HidingReader();
}

const noBytes: Buffer = Buffer.alloc(0);
const lineFeed = 0x0a;

class HidingReader implements UsageHider {
  private readonly document = new JsonDocument();
  private readonly tally = new AnswerTally();
  /** The shape of the events that carry text, and so pass. */
  private readonly template = new EventTemplate();
  private readonly reader = new EventReader({
    event: (bytes, start, end) => {
      this.isHidden = this.hides(bytes, start, end);
    },
    skipped: () => undefined,
    boundary: (offset) => {
      this.endEvent(offset);
    },
    take: (chunk, offset) => {
      let position = offset;
      for (;;) {
        const next = this.template.matchInStream(chunk, position);
        if (next < 0) return position;
        this.endEvent(next);
        position = next;
      }
    },
  });
  /** The start of the current event, which came with earlier chunks. */
  private readonly held = new ByteCollector();
  /** Whether the current event is too long to be held, and passes as it comes. */
  private isPassing = false;
  private isHidden = false;
  private hidLast = false;
  private chunk = noBytes;
  /** Where the current event begins in the chunk. */
  private eventStart = 0;
  /** From here to the current event the bytes of the chunk pass. */
  private passFrom = 0;
  private output: Buffer[] = [];

  feed(chunk: Buffer): Buffer {
    if (chunk.length === 0) return chunk;
    this.chunk = chunk;
    this.output = [];
    // A LF that makes a CRLF of the end of the last event shares its fate.
    this.eventStart = this.isBetweenEvents() && chunk[0] === lineFeed ? 1 : 0;
    this.passFrom = this.hidLast ? this.eventStart : 0;
    this.reader.feed(chunk);
    this.pass(this.eventStart);
    this.hold(this.eventStart);
    const { output } = this;
    this.chunk = noBytes;
    this.output = [];
    const [only] = output;
    if (only === undefined) return noBytes;
    if (output.length > 1) return Buffer.concat(output);
    return only.length === chunk.length ? chunk : only;
  }

  end(): Buffer {
    this.reader.end();
    const rest = this.isHidden ? noBytes : this.held.copy();
    this.held.clear();
    return rest;
  }

  private hides(bytes: Buffer, start: number, end: number): boolean {
    const { document, tally, template } = this;
    if (template.match(bytes, start) === end) return false;
    if (document.load(bytes, { start, end }) !== undefined) return false;
    if (isUsageChunk(document)) return true;
    tally.begin();
    readChatAnswer(document, tally);
    template.learn(document, tally.onlyText);
    return false;
  }

  /** Whether the last chunk ended in the CR of a blank line. */
  private isBetweenEvents(): boolean {
    return this.reader.awaitsLineFeed && this.held.length === 0 && !this.isPassing;
  }

  private endEvent(offset: number): void {
    const length = this.held.length + offset - this.eventStart;
    const hides = this.isHidden && !this.isPassing && length <= maxEventBytes;
    if (hides) {
      this.pass(this.eventStart);
      this.passFrom = offset;
    } else if (this.held.length > 0) {
      this.output.push(this.held.copy());
    }
    this.held.clear();
    this.eventStart = offset;
    this.hidLast = hides;
    this.isHidden = false;
    this.isPassing = false;
  }

  private pass(end: number): void {
    if (this.passFrom < end) this.output.push(this.chunk.subarray(this.passFrom, end));
    this.passFrom = end;
  }

  /** Keeps the rest of the chunk, which begins an event or goes on with one. */
  private hold(start: number): void {
    const { chunk, held } = this;
    if (start === chunk.length) return;
    if (!this.isPassing && held.length + chunk.length - start <= maxEventBytes) {
      held.append(chunk, start, chunk.length);
      return;
    }
    if (held.length > 0) this.output.push(held.copy());
    held.clear();
    this.output.push(chunk.subarray(start));
    this.isPassing = true;
  }
}

const fields = new NameTable(['choices', 'usage'] as const);

function isUsageChunk(document: JsonDocument): boolean {
  const { root } = document;
  let hasEmptyChoices = false;
  let hasUsage = false;
  let member = document.first(root);
  for (; member !== none; member = document.next(root, member)) {
    const name = fields.key(document, member);
    const kind = document.kind(member);
    if (name === 'choices') hasEmptyChoices = kind === kinds.array && document.count(member) === 0;
    else if (name === 'usage') hasUsage = kind === kinds.object;
  }
  return hasEmptyChoices && hasUsage;
}
