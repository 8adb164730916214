// The store of a control plane in a test: a real etcd without fsync, spoken to over its JSON API.
import { join } from 'node:path';
import { clusterProgramPath } from '../tools/kubernetes.ts';
import { freePorts } from '../ports.ts';
import { startProgram, waitUntilReady } from './program.ts';

export interface Etcd {
  readonly port: number;
  /** Forgets every revision but the newest. */
  compact(): Promise<void>;
  stop(): Promise<void>;
}

export async function startEtcd(directory: string): Promise<Etcd> {
  const [port = 0, peerPort = 0] = await freePorts(2);
  const url = `http://127.0.0.1:${port}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const program = await startProgram(await clusterProgramPath('etcd'), [
    ...['--name', 'test', '--data-dir', join(directory, 'etcd'), '--unsafe-no-fsync'],
    ...['--listen-client-urls', url, '--advertise-client-urls', url],
    ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
    ...['--initial-cluster', `test=${peerUrl}`, '--log-level', 'warn'],
  ]);
  await waitUntilReady('etcd', program, async () => (await fetch(`${url}/health`)).ok);
  return {
    port,
    compact: async () => {
      const { header } = (await post(`${url}/v3/maintenance/status`, {})) as {
        readonly header: { readonly revision: string };
      };
      await post(`${url}/v3/kv/compaction`, { revision: header.revision, physical: true });
    },
    stop: () => program.end(),
  };
}

async function post(url: string, body: object): Promise<unknown> {
  const reply = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`etcd refused ${url}: ${text}`);
  return JSON.parse(text);
}
