// IP addresses of either version that may belong to somebody: neither clock times and versions, which
// look alike, nor addresses that every machine has.
import type { PiiSpan } from '../../findings.ts';
import { isNear, surroundingsOf } from '../surroundings.ts';

const version4 =
  /(?<![\p{L}\p{N}_.]|::(?:[0-9a-f]{1,4}:)?)\d{1,3}(?:\.\d{1,3}){3}(?![\p{L}\p{N}_]|\.\d|-\d{0,4}\p{L})/giu;
const version6 =
  /(?<![\p{L}\p{N}_:.])(?:[0-9a-f]{1,4}:|:)(?:[0-9a-f]{0,4}:){1,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4})(?![\p{L}\p{N}_]|[:.][0-9a-f])/giu;
const speaksOfVersions =
  / (?:versions?|v|release|released|build|firmware|chapter|section|oid|upgrade|upgraded) /;
const speaksOfAddresses = / (?:ips?|ipv4|address|addresses|hosts?|server|client|login|logged) /;
const everyMachines = /^(?:0\.|127\.|255\.)/;

export function* findIpAddresses(text: string): Generator<PiiSpan> {
  for (const { 0: found, index } of text.matchAll(version4)) {
    if (!isVersion4(found)) continue;
    const end = index + found.length;
    yield { type: 'IP_ADDRESS', start: index, end, score: scoreOf(text, index, end) };
  }
  for (const { 0: found, index } of text.matchAll(version6)) {
    if (!isVersion6(found)) continue;
    yield { type: 'IP_ADDRESS', start: index, end: index + found.length, score: 0.95 };
  }
}

function scoreOf(text: string, start: number, end: number): number {
  if (everyMachines.test(text.slice(start, end))) return 0.3;
  const surroundings = surroundingsOf(text, start, end);
  if (isNear(speaksOfAddresses, surroundings)) return 1;
  return isNear(speaksOfVersions, surroundings) ? 0.3 : 0.9;
}

function isVersion4(address: string): boolean {
  return address
    .split('.')
    .every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
}

/**
 * Whether it is an address as RFC 4291 writes them. Short ones need a digit in their first group:
 * `std::fade` is none that anybody has.
 */
function isVersion6(address: string): boolean {
  const [head = '', tail, ...more] = address.toLowerCase().split('::');
  const groups = [...groupsOf(head), ...groupsOf(tail ?? '')];
  if (more.length > 0 || !groups.every((one) => isGroup(one))) return false;
  const dotted = groups.findIndex((one) => one.includes('.'));
  if (dotted >= 0 && dotted < groups.length - 1) return false;
  const count = groups.length + (dotted < 0 ? 0 : 1);
  // Eight pairs of digits are the address of a network card.
  if (tail === undefined) return count === 8 && groups.some((one) => one.length > 2);
  return count < 8 && (dotted > 0 || /^(?=.*\d)[0-9a-f]{3,4}$/.test(groupsOf(head)[0] ?? ''));
}

function groupsOf(part: string): string[] {
  return part === '' ? [] : part.split(':');
}

function isGroup(group: string): boolean {
  return group.includes('.') ? isVersion4(group) : /^[0-9a-f]{1,4}$/.test(group);
}
