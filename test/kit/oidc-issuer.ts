// A small OpenID Connect issuer for tests: discovery, keys, and tokens with whatever claims a test
// wants, also such that no honest issuer would sign.
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OidcIssuer {
  readonly url: string;
  /** A signed token: this issuer, good for an hour, and the claims over that. */
  token(claims: Readonly<Record<string, unknown>>): string;
  close(): Promise<void>;
}

/** On a free port by default. */
export async function startOidcIssuer(port = 0): Promise<OidcIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const header = { alg: 'RS256', typ: 'JWT', kid: 'test' };
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'test', alg: 'RS256', use: 'sig' }];
  let url = '';
  const documents: Readonly<Record<string, () => object>> = {
    '/.well-known/openid-configuration': () => ({
      issuer: url,
      jwks_uri: `${url}/keys`,
      authorization_endpoint: `${url}/authorize`,
      token_endpoint: `${url}/token`,
      id_token_signing_alg_values_supported: ['RS256'],
    }),
    '/keys': () => ({ keys }),
  };
  const server = createServer(({ url: path = '' }, response) => {
    const document = documents[path];
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document?.() ?? {}));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    token: (claims) => {
      const now = Math.floor(Date.now() / 1000);
      const body = { iss: url, iat: now - 10, exp: now + 3600, ...claims };
      const signed = [header, body].map((part) => encode(JSON.stringify(part))).join('.');
      return `${signed}.${encode(sign('sha256', Buffer.from(signed), privateKey))}`;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function encode(bytes: string | Buffer): string {
  return Buffer.from(bytes).toString('base64url');
}
