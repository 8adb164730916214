// Looks up keys and words of a JSON document among a few known names, decoding only odd ones.
import type { JsonDocument, JsonNode } from './document.ts';
import { kinds } from './scanner.ts';

interface Candidate<Name> {
  readonly name: Name;
  readonly bytes: Buffer;
}

/** A closed set of names in lower-case ASCII, at most 40 characters long. */
export class NameTable<Name extends string> {
  private readonly byLength: (Candidate<Name>[] | undefined)[] = [];
  private readonly folded = new Map<string, Name>();

  constructor(names: readonly Name[]) {
    for (const name of names) {
      (this.byLength[name.length] ??= []).push({ name, bytes: Buffer.from(name) });
      this.folded.set(name, name);
    }
  }

  /** The name that is the key of a member; undefined when its key is none of them. */
  key(document: JsonDocument, node: JsonNode): Name | undefined {
    const start = document.keyStart(node);
    const end = document.keyEnd(node);
    if (!document.keyEscaped(node)) return this.find(document.bytes, start, end, false);
    return end - start > maxEncodedLength ? undefined : this.folded.get(document.key(node));
  }

  /**
   * The name that the key of a member would be if case did not count. Go's decoder takes `Model`
   * for `model`, so that two such keys beside each other are ambiguous.
   */
  keyIgnoringCase(document: JsonDocument, node: JsonNode): Name | undefined {
    const start = document.keyStart(node);
    const end = document.keyEnd(node);
    if (!document.keyEscaped(node)) {
      const name = this.find(document.bytes, start, end, true);
      if (name !== undefined || isAscii(document.bytes, start, end)) return name;
    }
    return end - start > maxEncodedLength ? undefined : this.folded.get(fold(document.key(node)));
  }

  /** The name that a string is, whatever its case; undefined when it is none or no string. */
  word(document: JsonDocument, node: JsonNode): Name | undefined {
    if (document.kind(node) !== kinds.string) return undefined;
    const start = document.start(node) + 1;
    const end = document.end(node) - 1;
    const name = this.find(document.bytes, start, end, true);
    if (name !== undefined || end - start > maxEncodedLength) return name;
    return this.folded.get(fold(document.string(node) ?? ''));
  }

  private find(bytes: Buffer, start: number, end: number, anyCase: boolean): Name | undefined {
    const candidates = this.byLength[end - start];
    if (candidates === undefined) return undefined;
    for (const { name, bytes: wanted } of candidates) {
      let index = 0;
      while (index < wanted.length && matches(bytes[start + index], wanted[index], anyCase)) {
        index += 1;
      }
      if (index === wanted.length) return name;
    }
    return undefined;
  }
}

/** A name in which every character is written as \uXXXX. */
const maxEncodedLength = 40 * 6;

function matches(byte: number | undefined, wanted: number | undefined, anyCase: boolean): boolean {
  if (byte === wanted) return true;
  return anyCase && byte !== undefined && byte >= 0x41 && byte <= 0x5a && byte + 0x20 === wanted;
}

/** Case folding that also takes the long s (U+017F) and the Kelvin sign for the letters s and k. */
function fold(text: string): string {
  return text.toUpperCase().toLowerCase();
}

function isAscii(bytes: Buffer, start: number, end: number): boolean {
  // A longer key is no name, folded or not, and need not be looked at.
  const last = Math.min(end, start + maxEncodedLength);
  for (let index = start; index < last; index += 1) {
    if ((bytes[index] ?? 0) >= 0x80) return false;
  }
  return true;
}
