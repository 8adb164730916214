// Who pays for a request.

/** Where an identity came from, strongest first; `fallback` means that nobody said. */
export type IdentitySource = 'metadata' | 'attributes' | 'headers' | 'fallback';

export interface CallerIdentity {
  readonly user: string;
  readonly tier: string;
  readonly userSource: IdentitySource;
  readonly tierSource: IdentitySource;
}

const maxValueBytes = 256;
const utf8 = new TextDecoder('utf-8', { fatal: true });
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const controlCharacters = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * One identity value as it may become a label: trimmed, 1 to 256 bytes of valid UTF-8, no control
 * characters. Anything else counts as missing. Nothing is rewritten, so that two users never
 * become one.
 */
export function readIdentityValue(value: string | Uint8Array | undefined): string | undefined {
  if (value === undefined) return undefined;
  let text: string;
  if (typeof value === 'string') {
    text = value;
  } else {
    if (value.length > maxValueBytes * 2) return undefined;
    try {
      text = utf8.decode(value);
    } catch {
      return undefined;
    }
  }
  text = text.trim();
  if (text === '' || controlCharacters.test(text)) return undefined;
  if (!text.isWellFormed() || Buffer.byteLength(text) > maxValueBytes) return undefined;
  return text;
}

const maxGroupsBytes = 16_384;
const maxGroups = 500;

/**
 * Groups as they were listed, or in one text, separated by commas. Each is a value like user and tier;
 * one that is none is left out. More than the limits allow are nobody's groups: half a list could be
 * the wrong half.
 */
export function readGroups(
  value: string | Uint8Array | readonly string[] | undefined,
): readonly string[] {
  const listed = value === undefined || value.length > maxGroupsBytes ? [] : groupTexts(value);
  return listed.length > maxGroups ? [] : listed.flatMap((group) => readIdentityValue(group) ?? []);
}

function groupTexts(value: string | Uint8Array | readonly string[]): readonly string[] {
  if (typeof value === 'string') return value.split(',');
  if (!(value instanceof Uint8Array)) return value;
  try {
    return utf8.decode(value).split(',');
  } catch {
    return [];
  }
}
