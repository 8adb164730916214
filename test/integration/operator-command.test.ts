// `semantic-router-maas operator` as a process of its own that cannot do what it is asked: one sentence
// and an exit code.
import { expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand, type Ended } from '../kit/run-command.ts';

/** Without any way to a cluster but those that are named. */
async function operator(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const nowhere = { HOME: '/nonexistent', KUBECONFIG: '', KUBERNETES_SERVICE_HOST: '' };
  return runCommand(['operator', ...args], { env: { ...nowhere, ...env } });
}

const anyPorts = ['--metrics', '127.0.0.1:0', '--health', '127.0.0.1:0'];

test.each([
  ['an unknown flag', ['--frobnicate'], /Unknown option '--frobnicate'/],
  ['a word too many', ['now'], /Unexpected argument 'now'/],
  ['a number that is none', ['--concurrency', '0'], /--concurrency must be a positive number/],
  ['an address that is none', ['--health', '8081'], /--health must be HOST:PORT, not "8081"/],
  ['a namespace that is none', ['--watch-namespaces', 'a,B c'], /--watch-namespaces .*"B c"/],
  ['an image that is none', ['--router-image', 'A b'], /--router-image must be an image.*"A b"/],
  ['lease times the wrong way', ['--lease-seconds', '1'], /must be less than/],
])('called with %s, it says so and ends with 2', async (_, args, sentence) => {
  const { code, out, err } = await operator([...anyPorts, ...args]);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^semantic-router-maas operator: .+\n$/);
  expect(err).toMatch(sentence);
});

test('a level of the log that is none is told as well', async () => {
  const { code, err } = await operator(anyPorts, { LOG_LEVEL: 'loud' });
  expect(code).toBe(2);
  expect(err).toContain('LOG_LEVEL must be one of');
});

test('help tells each flag, and ends well', async () => {
  const { code, out, err } = await operator(['--help']);
  expect([code, err]).toEqual([0, '']);
  for (const flag of ['--watch-namespaces', '--lease-namespace', '--kubeconfig', '--resync']) {
    expect(out).toContain(flag);
  }
});

test('without credentials it says where it looked, and ends with 1', async () => {
  const { code, err } = await operator(anyPorts);
  expect(code).toBe(1);
  expect(err).toBe(
    'semantic-router-maas operator: ' +
      'there is no kubeconfig (KUBECONFIG, ~/.kube/config), and this is no pod\n',
  );
});

test('a kubeconfig that cannot be read is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'srm-operator-'));
  try {
    const broken = join(folder, 'broken');
    await writeFile(broken, 'clusters: [');
    for (const file of [join(folder, 'missing'), broken]) {
      const { code, err } = await operator([...anyPorts, '--kubeconfig', file]);
      expect(code).toBe(1);
      expect(err).toMatch(
        /^semantic-router-maas operator: the kubeconfig .+ cannot be read: .+\n$/,
      );
      expect(err).toContain(file);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a port that somebody else has is named', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  try {
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { readonly port: number };
    const folder = await mkdtemp(join(tmpdir(), 'srm-operator-'));
    const kubeconfig = join(folder, 'config');
    await writeFile(kubeconfig, JSON.stringify(unreachable));
    const flags = ['--metrics', `127.0.0.1:${port}`, '--health', '127.0.0.1:0'];
    const { code, err } = await operator([...flags, '--kubeconfig', kubeconfig]);
    await rm(folder, { recursive: true });
    expect(code).toBe(1);
    expect(err).toContain(`The operator cannot listen on 127.0.0.1:${port}: it is in use.`);
  } finally {
    other.close();
  }
});

const unreachable = {
  ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'a' },
  clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'a', user: {} }],
  contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
};
