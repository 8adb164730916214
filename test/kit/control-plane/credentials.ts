// Who may speak to a control plane in a test, and the files that say so.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority } from '../pki.ts';

export interface User {
  readonly name: string;
  readonly groups?: readonly string[];
}

export interface Credentials {
  /** Path of the authority's certificate. */
  readonly caFile: string;
  /** The same as PEM. */
  readonly ca: string;
  /** Files of the API server. */
  readonly certFile: string;
  readonly keyFile: string;
  readonly tokenFile: string;
  /** Signs and proves ServiceAccount tokens. */
  readonly serviceAccountKeyFile: string;
  readonly serviceAccountPublicFile: string;
  /** Token of each user by name. */
  readonly tokens: Readonly<Record<string, string>>;
}

/** Whoever asks whether the API server is ready. */
export const readinessUser: User = { name: 'readiness-check', groups: ['system:masters'] };

/** Writes all files into the folder. */
export async function writeCredentials(
  directory: string,
  given: readonly User[],
): Promise<Credentials> {
  const users = [readinessUser, ...given];
  const authority = createAuthority('test control plane');
  // The first is the common name, which an authority and its server must not share.
  const server = authority.issue(['kubernetes', 'localhost', '127.0.0.1', '10.0.0.1']);
  const serviceAccounts = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const tokens = Object.fromEntries(
    users.map(({ name }) => [name, randomBytes(16).toString('hex')] as const),
  );
  const file = async (name: string, text: string): Promise<string> => {
    const path = join(directory, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  const { privateKey, publicKey } = serviceAccounts;
  return {
    ca: authority.certificate,
    caFile: await file('ca.crt', authority.certificate),
    certFile: await file('server.crt', server.certificate),
    keyFile: await file('server.key', server.key),
    tokenFile: await file('tokens.csv', users.map((user) => tokenLine(user, tokens)).join('')),
    serviceAccountKeyFile: await file(
      'service-accounts.key',
      privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
    ),
    serviceAccountPublicFile: await file(
      'service-accounts.pub',
      publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ),
    tokens,
  };
}

function tokenLine({ name, groups = [] }: User, tokens: Readonly<Record<string, string>>): string {
  return `${tokens[name] ?? ''},${name},${name},"${groups.join(',')}"\n`;
}

/** Writes a kubeconfig with one context (that of the token's owner) and resolves with its path. */
export async function writeKubeconfig(
  file: string,
  { url, ca, token }: { readonly url: string; readonly ca: string; readonly token: string },
): Promise<string> {
  await writeFile(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'test',
          cluster: {
            server: url,
            'certificate-authority-data': Buffer.from(ca).toString('base64'),
          },
        },
      ],
      users: [{ name: 'user', user: { token } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'user' } }],
      'current-context': 'test',
    }),
    { mode: 0o600 },
  );
  return file;
}
