// Cuts the bytes of an event stream into events, wherever the chunks are cut. It follows the
// parsing rules of the HTML standard (server-sent events) but for two things: the last event counts
// although no blank line follows, since a backend may close after it; and an event that is
// too long is skipped, so that memory stays bounded. It does not look into events.
import { ByteCollector } from './byte-collector.ts';

/** Largest event that is looked at; a longer line or event is skipped and passed on all the same. */
export const maxEventBytes = 1_048_576;

export interface EventSink {
  /** An event's data: the bytes from `start` to `end`, valid during the call only. */
  event(bytes: Buffer, start: number, end: number): void;
  /** An event was too long to be looked at. */
  skipped(): void;
  /** An event, or a comment, is over; the next begins at `offset` of the chunk being fed. */
  boundary(offset: number): void;
  /**
   * Takes whole events that begin at `offset` of the chunk being fed and are known by their looks, as
   * many as there are. Returns where the first of the others begins.
   */
  take(chunk: Buffer, offset: number): number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const colon = 0x3a;

/** What is kept of a line that is too long: enough to see a byte order mark and the field's name. */
const keptOfLongLine = 8;

const noBytes: Buffer = Buffer.alloc(0);
const newline = Buffer.from('\n');

export class EventReader {
  private readonly sink: EventSink;
  /** The line that the last chunk broke off in, and its length, which may be more than is kept. */
  private readonly partial = new ByteCollector();
  private partialLength = 0;
  /** Data of the current event: a span of the chunk being fed, or of what is collected here. */
  private readonly collected = new ByteCollector();
  private data = noBytes;
  private dataStart = 0;
  private dataEnd = 0;
  private hasData = false;
  private tooLong = false;
  private isFirstLine = true;
  private endedInReturn = false;

  constructor(sink: EventSink) {
    this.sink = sink;
  }

  /** Whether the last chunk ended in a CR, so that a LF at the start of the next belongs to it. */
  get awaitsLineFeed(): boolean {
    return this.endedInReturn;
  }

  private get isBetweenEvents(): boolean {
    return this.partialLength === 0 && !this.hasData && !this.tooLong;
  }

  feed(chunk: Buffer): void {
    if (chunk.length === 0) return;
    let position = this.endedInReturn && chunk[0] === lineFeed ? 1 : 0;
    this.endedInReturn = false;
    if (this.isBetweenEvents) position = this.sink.take(chunk, position);
    let feed = chunk.indexOf(lineFeed, position);
    let back = chunk.indexOf(carriageReturn, position);
    while (feed >= 0 || back >= 0) {
      const endsInReturn = back >= 0 && (feed < 0 || back < feed);
      const end = endsInReturn ? back : feed;
      let next = end + 1;
      if (endsInReturn && next === chunk.length) this.endedInReturn = true;
      else if (endsInReturn && chunk[next] === lineFeed) next += 1;
      if (this.endLine(chunk, position, end)) {
        this.sink.boundary(next);
        next = this.sink.take(chunk, next);
      }
      position = next;
      if (feed >= 0 && feed < position) feed = chunk.indexOf(lineFeed, position);
      if (back >= 0 && back < position) back = chunk.indexOf(carriageReturn, position);
    }
    if (position < chunk.length) this.keepPartial(chunk, position, chunk.length);
    if (this.data === chunk) this.collect();
  }

  /** The stream is over: what is left is its last event. */
  end(): void {
    if (this.partialLength > 0) this.endLine(noBytes, 0, 0);
    this.dispatch();
  }

  /** Whether the line was blank, and so ended an event. */
  private endLine(chunk: Buffer, start: number, end: number): boolean {
    if (this.partialLength === 0) return this.line(chunk, { start, end }, end - start);
    this.keepPartial(chunk, start, end);
    const { bytes, length } = this.partial;
    const isBlank = this.line(bytes, { start: 0, end: length }, this.partialLength);
    if (this.data === bytes) this.collect();
    this.partial.clear();
    this.partialLength = 0;
    return isBlank;
  }

  private keepPartial(chunk: Buffer, start: number, end: number): void {
    this.partialLength += end - start;
    if (this.partialLength <= maxEventBytes) this.partial.append(chunk, start, end);
    else if (this.partial.length < keptOfLongLine) {
      const kept = Math.min(end, start + keptOfLongLine - this.partial.length);
      this.partial.append(chunk, start, kept);
    }
  }

  /** A line without its end; of `length` bytes, of which a long one may be given in part. */
  private line(bytes: Buffer, { start, end }: Span, length: number): boolean {
    const mark = this.isFirstLine && startsWithByteOrderMark(bytes, start, end) ? 3 : 0;
    this.isFirstLine = false;
    if (length === mark) {
      this.dispatch();
      return true;
    }
    const name = start + mark;
    if (!isDataLine(bytes, name, end)) return false;
    if (length > maxEventBytes) this.tooLong = true;
    const value = Math.min(end, name + dataPrefixBytes);
    this.addData(bytes, bytes[value] === space && value < end ? value + 1 : value, end);
    return false;
  }

  private addData(bytes: Buffer, start: number, end: number): void {
    if (this.tooLong) return;
    if (!this.hasData) {
      this.hasData = true;
      this.data = bytes;
      this.dataStart = start;
      this.dataEnd = end;
      return;
    }
    this.collect();
    this.collected.append(newline, 0, 1);
    this.collected.append(bytes, start, end);
    this.useCollected();
    if (this.collected.length > maxEventBytes) this.tooLong = true;
  }

  /** Copies the data out of a buffer that will not stay. */
  private collect(): void {
    if (this.data === this.collected.bytes) return;
    this.collected.append(this.data, this.dataStart, this.dataEnd);
    this.useCollected();
  }

  private useCollected(): void {
    this.data = this.collected.bytes;
    this.dataStart = 0;
    this.dataEnd = this.collected.length;
  }

  private dispatch(): void {
    if (this.tooLong) this.sink.skipped();
    else if (this.hasData) this.sink.event(this.data, this.dataStart, this.dataEnd);
    this.hasData = false;
    this.tooLong = false;
    this.data = noBytes;
    this.collected.clear();
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function startsWithByteOrderMark(bytes: Buffer, start: number, end: number): boolean {
  return (
    end - start >= 3 &&
    bytes[start] === 0xef &&
    bytes[start + 1] === 0xbb &&
    bytes[start + 2] === 0xbf
  );
}

/** Length of `data:`. */
export const dataPrefixBytes = 5;

/** Whether a line is `data`, or begins with `data:`. */
export function isDataLine(bytes: Buffer, start: number, end: number): boolean {
  return (
    end - start >= 4 &&
    bytes[start] === 0x64 &&
    bytes[start + 1] === 0x61 &&
    bytes[start + 2] === 0x74 &&
    bytes[start + 3] === 0x61 &&
    (end - start === 4 || bytes[start + 4] === colon)
  );
}
