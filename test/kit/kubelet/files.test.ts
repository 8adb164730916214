// How files get into a pod: the swap of a volume, and where a container's paths lead.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAtomically, type Files } from './atomic-files.ts';
import { resourceValue } from './downward.ts';
import { expand } from './environment.ts';
import { localise } from './mounts.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'srm-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function files(texts: Readonly<Record<string, string>>): Files {
  const entries = Object.entries(texts);
  return new Map(entries.map(([path, text]) => [path, { data: Buffer.from(text), mode: 0o644 }]));
}

test('a change swaps one link, and what vanished is gone', async () => {
  expect(await writeAtomically(folder, files({ a: '1', 'b/c': '2' }))).toBe(true);
  const before = await readlink(join(folder, '..data'));
  expect(await readFile(join(folder, 'b', 'c'), 'utf8')).toBe('2');
  expect(await writeAtomically(folder, files({ a: '3', d: '4' }))).toBe(true);
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('3');
  expect(await readlink(join(folder, 'a'))).toBe('..data/a');
  const after = await readlink(join(folder, '..data'));
  expect((await readdir(folder)).sort()).toEqual([after, '..data', 'a', 'd'].sort());
  expect(after).not.toBe(before);
});

test('the same content again is no change', async () => {
  await writeAtomically(folder, files({ a: '1', b: '2' }));
  const before = await readlink(join(folder, '..data'));
  expect(await writeAtomically(folder, files({ b: '2', a: '1' }))).toBe(false);
  expect(await readlink(join(folder, '..data'))).toBe(before);
  expect(await writeAtomically(folder, files({ a: '1' }))).toBe(true);
});

test('paths below a mount lead to the local folder, and no others', () => {
  const mounts = new Map([
    ['/data', '/local/one'],
    ['/data/deep', '/local/two'],
  ]);
  const local = (text: string): string => localise(text, mounts, '127.1.2.3');
  expect(local('/data')).toBe('/local/one');
  expect(local('--file=/data/x,/data/deep/y')).toBe('--file=/local/one/x,/local/two/y');
  expect(local('unix:///data/s unix:/data/s')).toBe('unix:///local/one/s unix:/local/one/s');
  for (const other of ['/database', '/var/data', '/data-2', 'x/data', '/data.json']) {
    expect(local(other)).toBe(other);
  }
});

test('the address that stands for all becomes the pod’s', () => {
  expect(localise('--a=0.0.0.0:80 10.0.0.0 0.0.0.0', new Map(), '127.1.2.3')).toBe(
    '--a=127.1.2.3:80 10.0.0.0 127.1.2.3',
  );
});

test('variables expand as in Kubernetes', () => {
  const env = new Map([['A', 'a']]);
  expect(expand('$(A) $$(A) $(B) $A', env)).toBe('a $(A) $(B) $A');
});

test('resources are counted in divisors, rounded up', () => {
  const container = {
    ...{ name: 'a', image: 'a' },
    resources: { limits: { cpu: '1500m', memory: '64Mi' } },
  };
  const value = (resource: string, divisor?: string): string =>
    resourceValue(container, { resource, ...(divisor === undefined ? {} : { divisor }) });
  expect([value('limits.cpu'), value('limits.cpu', '1m')]).toEqual(['2', '1500']);
  expect([value('limits.memory'), value('limits.memory', '1Mi')]).toEqual(['67108864', '64']);
  expect(value('requests.cpu')).toBe('0');
});
