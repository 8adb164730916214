// Turns the placeholders in an answer back into what they stand for, in JSON and in event streams,
// wherever a stream cuts them. All other bytes stay as they are.
import { joinPieces } from '../body-pieces.ts';
import { JsonDocument, none, type JsonNode } from '../json/document.ts';
import { kinds } from '../json/scanner.ts';
import { Splices } from '../json/splice.ts';
import { maxEventBytes } from '../sse/event-reader.ts';
import { insideJson, type Placeholders } from './placeholders.ts';
import { textsOf, type Delta } from './stream-deltas.ts';

export interface AnswerRestorer {
  /** The bytes to pass on now; those of an event that is not whole yet are held back. */
  feed(chunk: Buffer): Buffer;
  /** The answer is over: what was held back. */
  end(): Buffer;
}

/** A JSON answer is held back whole; one that is no JSON passes as it came. */
export function createJsonRestorer(placeholders: Placeholders): AnswerRestorer {
  const chunks: Buffer[] = [];
  return {
    feed: (chunk) => {
      chunks.push(chunk);
      return noBytes;
    },
    end: () => {
      const bytes = Buffer.concat(chunks);
      const document = new JsonDocument();
      if (document.load(bytes, { start: 0, end: bytes.length }) !== undefined) return bytes;
      const splices = new Splices();
      restoreStrings({ document, placeholders, splices }, document.root, new Set());
      return joinPieces(splices.apply(bytes) ?? [bytes]);
    },
  };
}

export function createStreamRestorer(placeholders: Placeholders): AnswerRestorer {
  return new StreamRestorer(placeholders);
}

const noBytes: Buffer = Buffer.alloc(0);
const dataLine = /^data:? ?(.*)$/;

/** A text that goes on in later events. */
interface OpenText {
  /** Its end so far, which may be the beginning of a placeholder. */
  held: string;
  /** The last event with a piece of it, around that piece. */
  before: string;
  after: string;
}

class StreamRestorer implements AnswerRestorer {
  readonly #placeholders: Placeholders;
  readonly #document = new JsonDocument();
  readonly #open = new Map<string, OpenText>();
  #pending = noBytes;

  constructor(placeholders: Placeholders) {
    this.#placeholders = placeholders;
  }

  feed(chunk: Buffer): Buffer {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const output: Buffer[] = [];
    let from = 0;
    for (
      let end = endOfEvent(this.#pending, from);
      end > 0;
      end = endOfEvent(this.#pending, from)
    ) {
      output.push(this.#event(this.#pending.subarray(from, end)));
      from = end;
    }
    this.#pending = this.#pending.subarray(from);
    // Nobody holds more; what is so long is no delta.
    if (this.#pending.length > maxEventBytes) {
      output.push(this.#pending);
      this.#pending = noBytes;
    }
    return Buffer.concat(output);
  }

  end(): Buffer {
    const rest = this.#pending;
    this.#pending = noBytes;
    const last = rest.length === 0 ? rest : this.#event(rest);
    return Buffer.concat([last, this.#release(new Set())]);
  }

  /** One event with its blank line. */
  #event(raw: Buffer): Buffer {
    const text = raw.toString('utf8');
    const data = onlyData(text);
    if (data === undefined) return raw;
    const bytes = Buffer.from(data);
    const document = this.#document;
    if (document.load(bytes, { start: 0, end: bytes.length }) !== undefined) {
      return Buffer.concat([this.#release(new Set()), raw]);
    }
    const { deltas, endsOthers } = textsOf(document);
    const earlier = endsOthers ? this.#release(new Set(deltas.map(({ key }) => key))) : noBytes;
    const splices = new Splices();
    for (const delta of deltas) this.#delta(delta, { text, data, endsOthers, splices });
    const done = new Set(deltas.map(({ node }) => node));
    restoreStrings({ document, placeholders: this.#placeholders, splices }, document.root, done);
    const restored = splices.apply(bytes);
    if (restored === undefined && earlier.length === 0) return raw;
    const now = withData(text, data, joinPieces(restored ?? [bytes]).toString('utf8'));
    return Buffer.concat([earlier, Buffer.from(now)]);
  }

  #delta(
    { isJson, key, node }: Delta,
    event: {
      readonly text: string;
      readonly data: string;
      readonly endsOthers: boolean;
      readonly splices: Splices;
    },
  ): void {
    const document = this.#document;
    const placeholders = this.#placeholders;
    const piece = document.string(node) ?? '';
    const text = (this.#open.get(key)?.held ?? '') + piece;
    const open = event.endsOthers ? 0 : placeholders.openEnd(text);
    const end = text.length - open;
    if (open === 0) this.#open.delete(key);
    else {
      const bytes = Buffer.from(event.data);
      const around = (from: number, to?: number): string => bytes.subarray(from, to).toString();
      const [before, after] = [around(0, document.start(node)), around(document.end(node))];
      const place = withData(event.text, event.data, `${before}\0${after}`).split('\0');
      this.#open.set(key, { held: text.slice(end), before: place[0] ?? '', after: place[1] ?? '' });
    }
    const restored = placeholders.restore(text.slice(0, end), isJson ? insideJson : undefined);
    if (restored !== piece) replaceString(document, node, restored, event.splices);
  }

  /** Texts that ended with the beginning of a placeholder get their end, in events of their own. */
  #release(goingOn: ReadonlySet<string>): Buffer {
    const events: string[] = [];
    for (const [key, { after, before, held }] of this.#open) {
      if (goingOn.has(key)) continue;
      events.push(before + JSON.stringify(held) + after);
      this.#open.delete(key);
    }
    return Buffer.from(events.join(''));
  }
}

/** The data of an event that has one line of it; others are no answers of a model. */
function onlyData(text: string): string | undefined {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.startsWith('data'));
  return lines.length === 1 ? dataLine.exec(lines[0] ?? '')?.[1] : undefined;
}

/** The event with other data. */
function withData(text: string, data: string, other: string): string {
  const start = text.indexOf(data, text.search(/^data/m));
  return text.slice(0, start) + other + text.slice(start + data.length);
}

interface Place {
  readonly document: JsonDocument;
  readonly placeholders: Placeholders;
  readonly splices: Splices;
}

/** Every string of the value but those that are done. */
function restoreStrings(place: Place, node: JsonNode, done: ReadonlySet<JsonNode>): void {
  const { document, placeholders, splices } = place;
  let member = document.first(node);
  for (; member !== none; member = document.next(node, member)) {
    if (document.kind(member) !== kinds.string) restoreStrings(place, member, done);
    else if (!done.has(member)) {
      const text = document.string(member) ?? '';
      const isJson = document.keyIs(member, 'arguments');
      const restored = placeholders.restore(text, isJson ? insideJson : undefined);
      if (restored !== text) replaceString(document, member, restored, splices);
    }
  }
}

function replaceString(
  document: JsonDocument,
  node: JsonNode,
  text: string,
  splices: Splices,
): void {
  splices.replace(document.start(node), document.end(node), Buffer.from(JSON.stringify(text)));
}

/** Where the event that begins at `from` ends, its blank line included; 0 where it is not whole. */
function endOfEvent(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte !== 0x0a && byte !== 0x0d) continue;
    const next = endOfLine(bytes, at);
    if (next < bytes.length && (bytes[next] === 0x0a || bytes[next] === 0x0d)) {
      return endOfLine(bytes, next);
    }
    at = next - 1;
  }
  return 0;
}

/** Behind a LF, CR or CRLF. */
function endOfLine(bytes: Buffer, at: number): number {
  return bytes[at] === 0x0d && bytes[at + 1] === 0x0a ? at + 2 : at + 1;
}
