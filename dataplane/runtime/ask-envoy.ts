// One request to Envoy's admin interface, over TCP or a socket in the file system. Knows nothing of
// what is asked.
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AdminAddress } from '../../config/envoy/options.ts';

/** The body of a 200; undefined when Envoy does not answer, or not well. Never rejects. */
export type AskEnvoy = (method: 'GET' | 'POST', path: string) => Promise<string | undefined>;

const patienceMs = 2000;

export function createAskEnvoy(address: AdminAddress): AskEnvoy {
  const target =
    'unixSocket' in address ? { socketPath: address.unixSocket } : { ...address, agent: false };
  return (method, path) =>
    new Promise((resolve) => {
      const silent = (): void => {
        resolve(undefined);
      };
      const signal = AbortSignal.timeout(patienceMs);
      const asking = request({ ...target, method, path, signal }, (reply) => {
        text(reply).then((body) => {
          resolve(reply.statusCode === 200 ? body : undefined);
        }, silent);
      });
      asking.on('error', silent);
      asking.end();
    });
}
