// Certificates for tests: an authority and what it signs, made in memory, valid for an hour.
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

export interface CertifiedKey {
  /** PEM. */
  readonly cert: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

export interface TestAuthority {
  readonly cert: string;
  /** Signs a certificate for `localhost` and 127.0.0.1. */
  issue(commonName: string): CertifiedKey;
}

export function createTestAuthority(commonName: string): TestAuthority {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certify = (subject: string, publicKey: KeyObject, extensions: Buffer): string => {
    const body = sequence(
      context(0, integer(Buffer.from([2]))),
      integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      ecdsaWithSha256,
      nameOf(commonName),
      sequence(time(-3_600_000), time(3_600_000)),
      nameOf(subject),
      publicKey.export({ type: 'spki', format: 'der' }),
      context(3, sequence(extensions)),
    );
    const signature = bitString(sign('sha256', body, authority.privateKey));
    const der = sequence(body, ecdsaWithSha256, signature).toString('base64');
    return `-----BEGIN CERTIFICATE-----\n${der.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  };
  return {
    cert: certify(commonName, authority.publicKey, basicConstraintsOfAuthority),
    issue: (subject) => {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return {
        cert: certify(subject, own.publicKey, namesOfThisMachine),
        key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}

// The little of DER that a certificate needs; see RFC 5280 and X.690.

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function context(number: number, content: Buffer): Buffer {
  return der(0xa0 + number, content);
}

function integer(bytes: Buffer): Buffer {
  return der(2, bytes);
}

function bitString(bytes: Buffer): Buffer {
  return der(3, Buffer.concat([Buffer.alloc(1), bytes]));
}

function oid(hex: string): Buffer {
  return der(6, Buffer.from(hex, 'hex'));
}

function nameOf(commonName: string): Buffer {
  const attribute = sequence(oid('550403'), der(12, Buffer.from(commonName)));
  return sequence(der(0x31, attribute));
}

function time(fromNowMs: number): Buffer {
  const text = new Date(Date.now() + fromNowMs).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(text));
}

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const yes = der(1, Buffer.from([0xff]));
const basicConstraintsOfAuthority = sequence(oid('551d13'), yes, der(4, sequence(yes)));
const namesOfThisMachine = sequence(
  oid('551d11'),
  der(4, sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])))),
);
