// Texts within a text, written in base64 or in hexadecimal digits. Only what decodes to something
// readable counts: identifiers, keys and pictures do not.
import { Buffer } from 'node:buffer';

// Longer ones come in pieces of this many characters, which decode one by one.
const base64 = /[A-Za-z0-9+/_-]{16,8192}={0,2}/g;
const hex = /(?:(?:0x|\\x)?[0-9a-fA-F]{2}[ ,:]?){12,4096}/g;
const notHex = /0x|[^0-9a-fA-F]/g;
const hasSmall = /[a-z]/;
const hasCapital = /[A-Z]/;

/** Characters that decoding may yield for one text, all payloads together. */
const mostDecoded = 32_768;
const fewestReadable = 6;

/** The readable payloads, one a line, base64 before hex; undefined where there are none. Linear. */
export function readPayloads(text: string): string | undefined {
  const found: string[] = [];
  let left = mostDecoded;
  const keep = (bytes: Buffer): void => {
    const decoded = bytes.toString('utf8');
    if (left <= 0 || !isReadable(decoded)) return;
    found.push(decoded.slice(0, left));
    left -= decoded.length;
  };
  for (const [run] of text.matchAll(base64)) {
    if (hasSmall.test(run) && hasCapital.test(run)) keep(Buffer.from(run, 'base64'));
  }
  for (const [run] of text.matchAll(hex)) {
    keep(Buffer.from(run.replace(notHex, ''), 'hex'));
  }
  return found.length === 0 ? undefined : found.join('\n');
}

const letters = /[\p{L}\p{N}\p{Zs}.,;:!?'"()\n-]/gu;
const unreadable = /\ufffd|(?![\t\n\r])\p{Cc}/u;

/** Words, mostly: nothing that is no text, nine in ten characters of those that prose is made of. */
function isReadable(decoded: string): boolean {
  if (decoded.length < fewestReadable || unreadable.test(decoded)) return false;
  const plain = decoded.match(letters)?.length ?? 0;
  return plain >= decoded.length * 0.9;
}
