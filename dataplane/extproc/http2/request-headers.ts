// What the headers of a request must look like, once they are decoded (RFC 9113, 8.2 and 8.3). A request that
// does not keep to it is malformed, and is refused whatever it wants.
import type { HeaderField } from './hpack/static-table.ts';

const required: readonly string[] = [':method', ':scheme', ':path'];
const pseudoHeaders: ReadonlySet<string> = new Set([...required, ':authority']);

/** A token in lower case. */
const namePattern = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const forbiddenInValues = /[\0\r\n]/;

/** They speak of a connection in HTTP/1.1; HTTP/2 has frames for that. */
const ofConnections: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

export function areRequestHeaders(fields: readonly HeaderField[]): boolean {
  const seen = new Set<string>();
  let isBehindPseudo = false;
  for (const field of fields) {
    const { name, value } = field;
    if (!name.startsWith(':')) {
      isBehindPseudo = true;
      if (!isRegular(field)) return false;
      continue;
    }
    if (isBehindPseudo || seen.has(name) || !pseudoHeaders.has(name)) return false;
    if (forbiddenInValues.test(value)) return false;
    seen.add(name);
  }
  return required.every((name) => seen.has(name));
}

export function areTrailers(fields: readonly HeaderField[]): boolean {
  return fields.every(isRegular);
}

function isRegular({ name, value }: HeaderField): boolean {
  if (!namePattern.test(name) || forbiddenInValues.test(value)) return false;
  return name === 'te' ? value === 'trailers' : !ofConnections.has(name);
}
