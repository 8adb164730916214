// What Envoy vouches for, looked up in the first message when asked: a few strings of structures
// that are otherwise never decoded.
import type { ProxyFacts } from '../../domain/http.ts';
import {
  listValue,
  mapEntry,
  metadata,
  processingRequest,
  struct,
  value,
  wireType,
} from './field-numbers.ts';
import { MalformedMessage, Reader } from './wire-reader.ts';

/** Envoy puts the attributes that a filter asks for under the filter's name. */
const attributesNamespace = 'envoy.filters.http.ext_proc';

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Facts of one ProcessingRequest. Where bytes in them are malformed, the fact is absent, as it is
 * where it has another type: what was not said clearly was not said.
 */
export class WireFacts implements ProxyFacts {
  readonly #bytes: Buffer;

  constructor(message: Buffer) {
    this.#bytes = message;
  }

  metadata(namespace: string, path: string): string | undefined {
    return this.#quietly(() => this.#text(this.#metadataAt(namespace, path, value.stringValue)));
  }

  metadataList(namespace: string, path: string): readonly string[] | undefined {
    return this.#quietly(() => {
      const list = this.#metadataAt(namespace, path, value.listValue);
      return list && this.#strings(list);
    });
  }

  attribute(name: string): string | undefined {
    return this.#quietly(() => {
      const group = this.#entry(this.#whole(), processingRequest.attributes, attributesNamespace);
      const found = group && this.#entry(group, struct.fields, name);
      return this.#text(found && this.#member(found, value.stringValue));
    });
  }

  #whole(): Span {
    return { start: 0, end: this.#bytes.length };
  }

  #text(span: Span | undefined): string | undefined {
    return span && this.#bytes.toString('utf8', span.start, span.end);
  }

  /** What stands in the metadata under a dotted path, when that member of its oneof is the one it is. */
  #metadataAt(namespace: string, path: string, field: number): Span | undefined {
    const context = this.#lastField(this.#whole(), processingRequest.metadataContext);
    let span = context && this.#entry(context, metadata.filterMetadata, namespace);
    const keys = path.split('.');
    for (const [index, key] of keys.entries()) {
      const found = span && this.#entry(span, struct.fields, key);
      span = found && this.#member(found, index === keys.length - 1 ? field : value.structValue);
    }
    return span;
  }

  /** The strings of a google.protobuf.ListValue; what is none is passed over. */
  #strings(list: Span): readonly string[] {
    const strings: string[] = [];
    const reader = new Reader(this.#bytes, list.start, list.end);
    while (reader.at < reader.end) {
      const wireKey = reader.key();
      if (wireKey !== ((listValue.values << 3) | wireType.delimited)) {
        reader.skip(wireKey);
        continue;
      }
      const end = reader.delimited();
      const text = this.#text(this.#member({ start: reader.at, end }, value.stringValue));
      if (text !== undefined) strings.push(text);
      reader.at = end;
    }
    return strings;
  }

  #quietly<Fact>(look: () => Fact | undefined): Fact | undefined {
    try {
      return look();
    } catch (error) {
      if (error instanceof MalformedMessage) return undefined;
      throw error;
    }
  }

  /** The value of `key` in the map that `field` of the message is; the last one of that key. */
  #entry(within: Span, field: number, key: string): Span | undefined {
    let found: Span | undefined;
    const reader = new Reader(this.#bytes, within.start, within.end);
    while (reader.at < reader.end) {
      const wireKey = reader.key();
      if (wireKey !== ((field << 3) | wireType.delimited)) {
        reader.skip(wireKey);
        continue;
      }
      const end = reader.delimited();
      const entry = { start: reader.at, end };
      const name = this.#lastField(entry, mapEntry.key);
      if ((this.#text(name) ?? '') === key) {
        found = this.#lastField(entry, mapEntry.value) ?? { start: end, end };
      }
      reader.at = end;
    }
    return found;
  }

  /** The last content of a field, as protobuf has it for a field that came twice. */
  #lastField(within: Span, field: number): Span | undefined {
    let found: Span | undefined;
    const reader = new Reader(this.#bytes, within.start, within.end);
    while (reader.at < reader.end) {
      const wireKey = reader.key();
      if (wireKey === ((field << 3) | wireType.delimited)) {
        const end = reader.delimited();
        found = { start: reader.at, end };
        reader.at = end;
      } else reader.skip(wireKey);
    }
    return found;
  }

  /** The content of a google.protobuf.Value when that member of its oneof is the one it holds. */
  #member(within: Span, field: number): Span | undefined {
    let found: Span | undefined;
    const reader = new Reader(this.#bytes, within.start, within.end);
    while (reader.at < reader.end) {
      const wireKey = reader.key();
      if (wireKey === ((field << 3) | wireType.delimited)) {
        const end = reader.delimited();
        found = { start: reader.at, end };
        reader.at = end;
      } else {
        reader.skip(wireKey);
        if (wireKey >>> 3 <= value.listValue) found = undefined;
      }
    }
    return found;
  }
}
