// What the header `content-encoding` says. It decodes nothing.

export type ContentCoding = 'gzip' | 'deflate' | 'br' | 'zstd';

const codings: Readonly<Record<string, ContentCoding | 'identity'>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
  zstd: 'zstd',
  identity: 'identity',
};

/** Nobody compresses more often than this but to make decoders work. */
const maxCodings = 3;

/**
 * The codings of a body in the order in which they were applied, so that the last is undone first;
 * empty where nothing is to be undone. Undefined when one of them is unknown, or there are more
 * than three.
 */
export function parseContentEncoding(value: string): readonly ContentCoding[] | undefined {
  const applied: ContentCoding[] = [];
  for (const element of value.split(',')) {
    const name = element.trim().toLowerCase();
    if (name === '') continue;
    const coding = Object.hasOwn(codings, name) ? codings[name] : undefined;
    if (coding === undefined) return undefined;
    if (coding !== 'identity') applied.push(coding);
  }
  return applied.length > maxCodings ? undefined : applied;
}
