// Certificates for tests: an authority of its own and what it signs, made in memory. X.509 v3 with
// P-256 keys, as little of it as TLS needs.
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';

interface Identity {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** A certificate for DNS names and IPv4 addresses. */
  issue(names: readonly string[]): Identity;
}

export function createAuthority(name: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = distinguishedName(name);
  const certificate = signed({
    subject,
    issuer: subject,
    publicKey: keys.publicKey,
    issuerKey: keys.privateKey,
    extensions: [
      extension(oids.basicConstraints, sequence(boolean(true))),
      extension(oids.keyUsage, tagged(0x03, Buffer.from([1, 0x06]))), // signs certificates and CRLs
    ],
  });
  return {
    certificate,
    issue: (names) => {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return {
        certificate: signed({
          subject: distinguishedName(names[0] ?? 'nobody'),
          issuer: subject,
          publicKey: own.publicKey,
          issuerKey: keys.privateKey,
          extensions: [extension(oids.subjectAltName, sequence(...names.map(alternativeName)))],
        }),
        key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}

const oids = {
  commonName: [0x55, 0x04, 0x03],
  keyUsage: [0x55, 0x1d, 0x0f],
  subjectAltName: [0x55, 0x1d, 0x11],
  basicConstraints: [0x55, 0x1d, 0x13],
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
} as const;

function signed(options: {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly publicKey: KeyObject;
  readonly issuerKey: KeyObject;
  readonly extensions: readonly Buffer[];
}): string {
  const algorithm = sequence(tagged(0x06, Buffer.from(oids.ecdsaWithSha256)));
  const toBeSigned = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))), // version 3
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])), // serial number
    algorithm,
    options.issuer,
    sequence(time('200101000000Z'), time('491231235959Z')),
    options.subject,
    options.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...options.extensions)),
  );
  const signature = sign('sha256', toBeSigned, options.issuerKey);
  const der = sequence(toBeSigned, algorithm, tagged(0x03, Buffer.from([0]), signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function distinguishedName(commonName: string): Buffer {
  const attribute = sequence(
    tagged(0x06, Buffer.from(oids.commonName)),
    tagged(0x0c, Buffer.from(commonName)),
  );
  return sequence(tagged(0x31, attribute));
}

function extension(oid: readonly number[], value: Buffer): Buffer {
  return sequence(tagged(0x06, Buffer.from(oid)), boolean(true), tagged(0x04, value));
}

function alternativeName(name: string): Buffer {
  return isIPv4(name)
    ? tagged(0x87, Buffer.from(name.split('.').map(Number)))
    : tagged(0x82, Buffer.from(name));
}

function time(text: string): Buffer {
  return tagged(0x17, Buffer.from(text));
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

/** One DER value: tag, length, content. */
function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}
