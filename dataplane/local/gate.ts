// The API-key gate of `npm start`: plays the MaaS gateway. Envoy asks it about each request
// (ext_authz over HTTP); it answers 200 with who is calling, or 401. It keeps no state and never
// logs a key.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { apiError } from '../domain/api-errors.ts';

export interface DemoKey {
  readonly key: string;
  readonly user: string;
  readonly tier: string;
}

/** Keys for a demonstration: anybody may know them. */
const demoKeys: readonly DemoKey[] = [
  { key: 'demo-free', user: 'alice', tier: 'free' },
  { key: 'demo-premium', user: 'bob', tier: 'premium' },
  { key: 'demo-enterprise', user: 'carol', tier: 'enterprise' },
];

export interface GateOptions {
  readonly host: string;
  /** 0 or left out: any free port. */
  readonly port?: number;
  /** Request headers that Envoy is to set. */
  readonly userHeader: string;
  readonly tierHeader: string;
}

export interface Gate {
  readonly port: number;
  readonly demoKeys: readonly DemoKey[];
  close(): Promise<void>;
}

export async function startGate(options: GateOptions): Promise<Gate> {
  const { host, port = 0, userHeader, tierHeader } = options;
  const server = createServer((request, response) => {
    request.resume();
    const caller = callerOf(request.headers.authorization);
    if (caller === undefined) refuse(response);
    else {
      const identity = { [userHeader]: caller.user, [tierHeader]: caller.tier };
      // The key is for the gate: no backend gets to see it.
      response
        .writeHead(200, { ...identity, 'x-envoy-auth-headers-to-remove': 'authorization' })
        .end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    demoKeys,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function callerOf(authorization: string | undefined): DemoKey | undefined {
  const [, given] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? [];
  if (given === undefined) return undefined;
  const digest = digestOf(given);
  // Digests have one length, and every key is compared: time tells nothing about any of them.
  const matching = demoKeys.filter(({ key }) => timingSafeEqual(digestOf(key), digest));
  return matching[0];
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function refuse(response: ServerResponse): void {
  const { status, headers, body } = apiError(
    'unauthenticated',
    'Send one of the demo keys as a bearer token: authorization: Bearer demo-free.',
    { headers: [['www-authenticate', 'Bearer']] },
  );
  response.writeHead(status, Object.fromEntries(headers)).end(body);
}
