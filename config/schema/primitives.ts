// Building blocks shared by the sections of the schema.
import { z } from 'zod';

/**
 * A name that other parts of the file refer to, and that becomes a label, header value or cluster.
 * Printable ASCII, because that is what every HTTP implementation takes as a header value.
 */
export const nameSchema = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[!-~](?:[ -~]*[!-~])?$/, 'must be printable ASCII without spaces at its ends');

/**
 * A map with at most `most` entries. The limit also stands in the JSON Schema, where the custom
 * resource's schema takes it from.
 */
export function mapOf<Key extends z.ZodString, Value extends z.ZodType>(
  key: Key,
  value: Value,
  most: number,
) {
  return z
    .record(key, value)
    .refine((map) => Object.keys(map).length <= most, `must have at most ${most} entries`)
    .meta({ maxProperties: most });
}

/** Text for people; the router does nothing with it. */
export const descriptionSchema = z.string().max(4096).describe('For readers; without effect.');

/** A file or folder as the router's process sees it. */
export const pathSchema = z.string().min(1).max(4096);

/**
 * A value of the caller identity, under the same rule as one that a request brings: no blanks at its
 * ends, no control characters.
 */
export const identityValueSchema = z
  .string()
  .min(1)
  .max(256)
  .regex(
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    /^[^\s\u0000-\u001f\u007f-\u009f](?:[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f])?$/,
    'must hold no control characters and no blanks at its ends',
  );

/** A header name: a token of RFC 9110, section 5.6.2. */
export const headerNameSchema = z
  .string()
  .min(1)
  .max(256)
  .regex(
    /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
    "must be a header name: letters, digits and any of !#$%&'*+-.^_`|~",
  );

/** A header value: the part of RFC 9110, section 5.5, that needs no character set. */
export const headerValueSchema = z
  .string()
  .max(4096)
  .regex(/^(?:[!-~](?:[ -~]*[!-~])?)?$/, 'must be printable ASCII without spaces at its ends');

/**
 * A non-negative decimal, kept as its text ("0.15") so that money stays exact. YAML numbers are
 * accepted where their shortest decimal form has no exponent.
 */
export const decimalSchema = z
  .union([
    z.string().max(32).meta({ pattern: '^\\s*\\d{1,12}(\\.\\d{1,12})?\\s*$' }),
    z.number().meta({ minimum: 0, exclusiveMaximum: 1e12 }),
  ])
  .transform((value) => String(value).trim())
  .refine((text) => /^\d{1,12}(\.\d{1,12})?$/.test(text), {
    message: 'must be a non-negative decimal such as 0.15, with at most 12 digits on each side',
  });

/** A share or similarity between 0 and 1, both included. */
export const thresholdSchema = z.number().min(0).max(1);

/** A TCP port. */
export const portSchema = z.number().int().min(1).max(65535);

const ipv4 = z.ipv4();
const ipv6 = z.ipv6();
const dnsLabel = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
// Names inside a cluster or a compose file may hold underscores, which the standard for host names
// does not allow and DNS does.
const dnsName = new RegExp(`^${dnsLabel}(?:\\.${dnsLabel})*\\.?$`);

// What a schema can say of a host; the finer rules of addresses of version 6 are beyond it.
const byte = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const lastLabel =
  '(?:\\d*[A-Za-z_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?|\\d+-(?:[A-Za-z0-9_-]*[A-Za-z0-9_]))';
const hostPattern = [
  `(?:${byte}\\.){3}${byte}`,
  '[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*',
  `(?:${dnsLabel}\\.)*${lastLabel}\\.?`,
].join('|');

/** An IP address (version 4 or 6, without brackets) or a DNS name. */
export const hostSchema = z
  .string()
  .min(1)
  .max(253)
  .refine(isHost, 'must be an IP address or a DNS name, without scheme, port or path')
  .meta({ pattern: `^(?:${hostPattern})$` });

function isHost(text: string): boolean {
  if (ipv4.safeParse(text).success || ipv6.safeParse(text).success) return true;
  // A name that ends in a number is a mistyped address: 10.0.0.256, or 10.0.0.
  return dnsName.test(text) && !/(?:^|\.)\d+\.?$/.test(text);
}

/**
 * A number of tokens, as a number or as text with the suffix K (thousand) or M (million), such as
 * `32K`.
 */
export const tokenCountSchema = z
  .union([
    z.number().meta({ type: 'integer', minimum: 0, exclusiveMaximum: 2 ** 53 }),
    z.string().max(32).meta({ pattern: '^\\s*\\d{1,9}(\\.\\d{1,6})?[KMkm]?\\s*$' }),
  ])
  .transform((value) => (typeof value === 'number' ? value : readTokenCount(value)))
  .refine((count) => Number.isSafeInteger(count) && count >= 0, {
    message: 'must be a number of tokens, such as 4000, 32K or 1.5M',
  });

function readTokenCount(text: string): number {
  const [, digits, suffix = ''] = /^(\d{1,9}(?:\.\d{1,6})?)([KM]?)$/i.exec(text.trim()) ?? [];
  if (digits === undefined) return Number.NaN;
  const factor = { '': 1, K: 1000, M: 1_000_000 }[suffix.toUpperCase()] ?? Number.NaN;
  return Math.round(Number(digits) * factor);
}
