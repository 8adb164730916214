// E-mail addresses, found by their @ and read outwards from it.
import type { PiiSpan } from '../../findings.ts';

const mostLocal = 64;
const mostDomain = 253;
const localEnd = /[\p{L}\p{N}\p{M}_%+&~'-]+(?:\.[\p{L}\p{N}\p{M}_%+&~'-]+)*$/u;
const quotedLocalEnd = /"[^"\n]{1,60}"$/;
const domainStart =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?\.)+(?:xn--[a-z0-9-]{2,59}|[\p{L}\p{M}]{2,24})(?![\p{L}\p{N}_]|-[\p{L}\p{N}])/u;
/** What stands before a @ in names of files, and of packages and their versions. */
const isFile = /\.(?:png|jpe?g|gif|svg|webp|js|ts|json|css|html?|py|md|txt|exe)$/i;

export function* findEmailAddresses(text: string): Generator<PiiSpan> {
  let after = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const local = localBefore(text, Math.max(after, at - mostLocal), at);
    const domain = domainStart.exec(text.slice(at + 1, at + 1 + mostDomain))?.[0];
    if (local === undefined || domain === undefined || isFile.test(domain)) continue;
    const start = at - local.length;
    const end = at + 1 + domain.length;
    if (!isPersonal(text, start, end)) continue;
    yield { type: 'EMAIL_ADDRESS', start, end, score: 1 };
    after = end;
  }
}

function localBefore(text: string, from: number, at: number): string | undefined {
  const before = text.slice(from, at);
  const quoted = quotedLocalEnd.exec(before)?.[0];
  if (quoted !== undefined) return quoted;
  // What marks up or quotes an address is no part of it.
  const local = localEnd.exec(before)?.[0].replace(/^['~&%-]+/, '');
  return local === '' ? undefined : local;
}

/** Not the credentials in a URL, `git@host:path`, or an account on another server such as `@a@b.org`. */
function isPersonal(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 200), start);
  if (before.endsWith('@')) return false;
  if (/[a-z]:\/\/[^\s/"'<>]{0,190}$/i.test(before)) return false;
  return !(text.startsWith('git@', start) && text.charAt(end) === ':');
}
