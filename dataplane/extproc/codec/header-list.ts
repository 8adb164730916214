// Headers as they lie in a message: found in one pass, decoded only when asked for.
import type { HeaderList } from '../../domain/http.ts';
import { headerMap, headerValue, wireType } from './field-numbers.ts';
import { Reader } from './wire-reader.ts';

const delimitedKey = (field: number): number => (field << 3) | wireType.delimited;
const headersKey = delimitedKey(headerMap.headers);
const nameKey = delimitedKey(headerValue.key);
const valueKey = delimitedKey(headerValue.value);
const rawValueKey = delimitedKey(headerValue.rawValue);

/** A HeaderMap within `bytes[start, end)`. Throws MalformedMessage at once or never. */
export class WireHeaders implements HeaderList {
  readonly #bytes: Buffer;
  /** Four offsets for each header: start and end of the name, start and end of the value. */
  readonly #offsets: number[] = [];

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    const reader = new Reader(bytes, start, end);
    while (reader.at < end) {
      const key = reader.key();
      if (key === headersKey) this.#index(reader, reader.delimited());
      else reader.skip(key);
    }
  }

  get(name: string): string | undefined {
    const found = this.#find(name, 0);
    return found === -1 ? undefined : this.#text(found);
  }

  raw(name: string): readonly Uint8Array[] {
    const values: Uint8Array[] = [];
    for (let at = this.#find(name, 0); at !== -1; at = this.#find(name, at + 4)) {
      values.push(this.#bytes.subarray(this.#offsets[at + 2], this.#offsets[at + 3]));
    }
    return values;
  }

  startingWith(prefix: string): readonly string[] {
    const offsets = this.#offsets;
    const names: string[] = [];
    for (let at = 0; at < offsets.length; at += 4) {
      const start = offsets[at] ?? 0;
      const end = offsets[at + 1] ?? 0;
      if (end - start < prefix.length || !this.#isNamed(start, prefix)) continue;
      names.push(this.#bytes.toString('latin1', start, end).toLowerCase());
    }
    return names;
  }

  /** Envoy fills raw_value only; `value` is what other proxies may fill in its place. */
  #index(reader: Reader, end: number): void {
    let nameStart = 0;
    let nameEnd = 0;
    let valueStart = 0;
    let valueEnd = 0;
    let hasRaw = false;
    const header = new Reader(reader.bytes, reader.at, end);
    while (header.at < end) {
      const key = header.key();
      if (key !== nameKey && key !== rawValueKey && key !== valueKey) {
        header.skip(key);
        continue;
      }
      const stop = header.delimited();
      if (key === nameKey) {
        nameStart = header.at;
        nameEnd = stop;
      } else if (key === rawValueKey || !hasRaw) {
        hasRaw = key === rawValueKey && stop > header.at;
        if (hasRaw || key === valueKey) {
          valueStart = header.at;
          valueEnd = stop;
        }
      }
      header.at = stop;
    }
    this.#offsets.push(nameStart, nameEnd, valueStart, valueEnd);
    reader.at = end;
  }

  /** Offset of the next entry of that name from `from` on; -1 when there is none. */
  #find(name: string, from: number): number {
    const offsets = this.#offsets;
    for (let at = from; at < offsets.length; at += 4) {
      const start = offsets[at] ?? 0;
      if ((offsets[at + 1] ?? 0) - start === name.length && this.#isNamed(start, name)) return at;
    }
    return -1;
  }

  #isNamed(start: number, name: string): boolean {
    for (let index = 0; index < name.length; index += 1) {
      const byte = this.#bytes[start + index] ?? 0;
      const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
      if (lower !== name.charCodeAt(index)) return false;
    }
    return true;
  }

  #text(at: number): string {
    return this.#bytes.toString('utf8', this.#offsets[at + 2], this.#offsets[at + 3]);
  }
}
