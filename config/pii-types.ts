// The types of personal data, by the names that existing configurations of semantic-router use. The
// set is closed: labels of metrics, headers and `pii_types_allowed` know no others.

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
