import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryIo } from '../../test/kit/command-io.ts';
import { envoyFiles } from './envoy-files.ts';

const valid = `
default_model: small
vllm_endpoints: [{ name: local, address: 127.0.0.1, port: 8000 }]
model_config: { small: {} }
`;
let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'srm-envoy-files-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function run(
  files: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<{ code: number; out: string; err: string }> {
  const { io, written } = memoryIo(files);
  return { code: await envoyFiles(args, io), ...written() };
}
const usual = (): string[] => ['--config', 'config.yaml', '--envoy-directory', directory];

test('the bootstrap and all that it discovers are there', async () => {
  const { code, err } = await run({ 'config.yaml': valid }, ...usual());
  expect([code, err]).toEqual([0, '']);
  expect((await readdir(directory)).sort()).toEqual([
    'bootstrap.json',
    'clusters.json',
    'filter-router.json',
    'filter-strip-identity.json',
    'routes.json',
  ]);
  const bootstrap: unknown = JSON.parse(await readFile(join(directory, 'bootstrap.json'), 'utf8'));
  expect(bootstrap).toMatchObject({
    admin: { address: { pipe: { path: join(directory, 'admin.sock') } } },
  });
});

test('a configuration that is not valid writes nothing and tells each problem with its line', async () => {
  const { code, err } = await run({ 'config.yaml': `${valid}strategy: best\n` }, ...usual());
  expect(code).toBe(1);
  expect(err).toMatch(/^config\.yaml:5: strategy: .+\n.*config\.yaml is not valid/);
  expect(await readdir(directory)).toEqual([]);
});

test('a folder that cannot be written is named', async () => {
  const { code } = await run({ 'config.yaml': valid }, ...usual());
  expect(code).toBe(0);
  const blocked = join(directory, 'bootstrap.json');
  const args = ['--config', 'config.yaml', '--envoy-directory', blocked];
  const { code: refused, err } = await run({ 'config.yaml': valid }, ...args);
  expect(refused).toBe(1);
  expect(err).toContain(blocked);
});

test('a missing file, a missing flag and an unknown one are misuse', async () => {
  expect(await run({}, ...usual())).toMatchObject({
    code: 2,
    err: 'semantic-router-maas envoy-files: config.yaml: there is no such file.\n',
  });
  expect((await run({}, '--config', 'config.yaml')).err).toContain('--envoy-directory DIR');
  expect((await run({}, '--envoy-directory', '/x')).err).toContain('--config FILE');
  expect((await run({}, '--frobnicate')).code).toBe(2);
});
