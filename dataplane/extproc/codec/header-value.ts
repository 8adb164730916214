// Header values as Envoy accepts them: one that it refuses would turn the whole reply into a 500.

/** Envoy's validation allows 16,384 bytes; what is longer says nothing that a reader needs. */
const maxValueBytes = 16_000;

/** What RFC 9110 5.5 forbids in a field value: control characters but tab. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const illegal = /[\u0000-\u0008\u000a-\u001f\u007f]/g;

/**
 * The value with each forbidden character replaced by a space, as RFC 9110 5.5 recommends, without
 * blanks at its ends, cut at a character so that it is at most 16,000 bytes of UTF-8.
 */
export function headerValueOf(text: string): string {
  const clean = text.replace(illegal, ' ').trim();
  // No character takes more than three bytes for each of its UTF-16 units.
  if (clean.length * 3 <= maxValueBytes || Buffer.byteLength(clean) <= maxValueBytes) return clean;
  const bytes = Buffer.from(clean);
  let end = maxValueBytes;
  // 0b10xxxxxx continues a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end).trimEnd();
}
