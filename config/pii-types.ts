// The types of personal data that users of semantic-router name in `pii_types_allowed`. The list is
// closed: its names become label values and headers.

export const piiTypes = [
  'AGE',
  'CREDIT_CARD',
  'DATE_TIME',
  'DOMAIN_NAME',
  'EMAIL_ADDRESS',
  'GPE',
  'IBAN_CODE',
  'IP_ADDRESS',
  'NRP',
  'ORGANIZATION',
  'PERSON',
  'PHONE_NUMBER',
  'STREET_ADDRESS',
  'TITLE',
  'US_DRIVER_LICENSE',
  'US_SSN',
  'ZIP_CODE',
] as const;

export type PiiType = (typeof piiTypes)[number];

const names: ReadonlySet<string> = new Set(piiTypes);

export function isPiiType(name: string): name is PiiType {
  return names.has(name);
}
