// Web addresses, and names of hosts that can be told from names of files, packages and sentences
// without a blank.
import type { PiiSpan } from '../../findings.ts';
import { isNear, surroundingsOf } from '../surroundings.ts';

const url = /\b(?:https?|ftp):\/\/[^\s<>"'`{}|\\^[\]]{3,2000}/giu;
const www =
  /(?<![\p{L}\p{N}_.@/-])www\.(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,6}[\p{L}]{2,24}(?:\/[^\s<>"'`{}|\\^[\]]{0,2000})?/giu;
/** Top-level domains that are neither words nor endings of file names. */
const host =
  /(?<![\p{L}\p{N}_.@/\\-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,5}(?:com|org|net|edu|gov|mil|int|biz|info|io|ai|app|dev|co|eu|de|uk|fr|es|nl|ch|at|be|pl|se|dk|fi|pt|br|mx|ca|au|jp|cn|in|ru|cz|ie|nz|za)(?![\p{L}\p{N}_@(-]|\.[\p{L}\p{N}])/giu;
const sure = /\.(?:com|org|net|edu|gov|mil|int|biz|info)$|\.(?:co|com|org|ac|gov)\.[a-z]{2}$/i;
const speaksOfIt =
  / (?:website|websites|site|web|domain|domains|url|urls|host|hostname|visit|homepage|page|link|dns|server|subdomain) /;
/** Names of frameworks and packages that look like hosts. */
const isSoftware = /^(?:(?:asp|ado|vb|ml|java|javax|system|socket|paper)\.(?:net|io)|node\.js)$/i;
/** What ends a sentence or a quotation, and no address. */
const trailing: ReadonlySet<string> = new Set('.,;:!?)\'"*_~');

export function* findDomainNames(text: string): Generator<PiiSpan> {
  for (const { 0: found, index } of text.matchAll(url)) {
    const address = withoutTrailing(found);
    if (isOfEverybody(address)) continue;
    yield span(index, index + address.length, 0.95);
  }
  for (const { 0: found, index } of text.matchAll(www)) {
    yield span(index, index + withoutTrailing(found).length, 0.95);
  }
  for (const { 0: found, index } of text.matchAll(host)) {
    if (isSoftware.test(found) || /^www\./i.test(found) || /[a-z][A-Z]/.test(found)) continue;
    const end = index + found.length;
    const isMeant = isNear(speaksOfIt, surroundingsOf(text, index, end));
    if (sure.test(found)) yield span(index, end, isMeant ? 0.95 : 0.8);
    else yield span(index, end, isMeant ? 0.8 : 0.4);
  }
}

/** A closing bracket stays where it closes one within the address. */
function withoutTrailing(found: string): string {
  let end = found.length;
  while (end > 0 && trailing.has(found.charAt(end - 1))) end -= 1;
  const kept = found.slice(0, end);
  return found.charAt(kept.length) === ')' && kept.includes('(') ? `${kept})` : kept;
}

/** Hosts of this machine and of documentation belong to nobody. */
function isOfEverybody(address: string): boolean {
  return /^\w+:\/\/(?:localhost|127\.|0\.0\.0\.0|\[::1?\])/i.test(address);
}

function span(start: number, end: number, score: number): PiiSpan {
  return { type: 'DOMAIN_NAME', start, end, score };
}
