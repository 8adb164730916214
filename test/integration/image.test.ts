// Both programs, started from the file system that the Dockerfile makes and from nothing else.
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildImage, type Image } from '../kit/image.ts';
import { freePorts } from '../kit/ports.ts';
import { until } from '../kit/router-surroundings.ts';

let image: Image;
let manifest: {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};
beforeAll(async () => {
  manifest = JSON.parse(await readFile('package.json', 'utf8')) as typeof manifest;
  image = await buildImage();
}, 300_000);
afterAll(() => image.remove());

/** Resolves when it has ended, with what it printed. */
async function ended(child: ChildProcess): Promise<{ code: unknown; output: string }> {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, output };
}

test('every subcommand is there and tells its options', async () => {
  const { code, output } = await ended(image.start(['--help']));
  expect(code).toBe(0);
  const commands = [...output.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name ?? '');
  expect(commands).toContain('router');
  for (const command of commands) {
    const help = await ended(image.start([command, '--help']));
    expect({ command, ...help }).toMatchObject({ code: 0 });
    expect(help.output).toContain(`Usage: semantic-router-maas ${command}`);
  }
});

test('the router serves its reference configuration, as a user without rights', async () => {
  const [extProc, metrics, admin] = await freePorts(3);
  await copyFile('config/config.maas.yaml', join(image.folder, 'config.yaml'));
  const router = image.start([
    ...['router', '--config', join(image.folder, 'config.yaml'), '--drain-delay', '0'],
    ...['--ext-proc', `127.0.0.1:${extProc ?? 0}`, '--metrics', `127.0.0.1:${metrics ?? 0}`],
    ...['--admin', `127.0.0.1:${admin ?? 0}`],
  ]);
  const end = ended(router);
  try {
    await until('the router is ready', async () => {
      if (router.exitCode !== null) throw new Error((await end).output);
      const reply = await fetch(`http://127.0.0.1:${admin ?? 0}/readyz`).catch(() => undefined);
      return reply?.status === 200;
    });
    const healthy = await fetch(`http://127.0.0.1:${admin ?? 0}/healthz`);
    expect(healthy.status).toBe(200);
  } finally {
    router.kill('SIGTERM');
  }
  expect(await end).toMatchObject({ code: 0 });
});

test('it holds what runs, and nothing that only builds or tests', async () => {
  const files = await readdir(image.folder, { recursive: true });
  const [ours, theirs] = [/^app\/(?!node_modules\/).*\.test\.js$/, /\.(d\.ts|map)$/];
  expect(files.filter((file) => ours.test(file))).toEqual([]);
  expect(files.filter((file) => /^app\/node_modules/.test(file) && theirs.test(file))).toEqual([]);
  const installed = files.filter((file) => /^app\/node_modules\/(@[^/]+\/)?[^/@]+$/.test(file));
  const names = installed.map((file) => file.replace('app/node_modules/', ''));
  expect(names).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
  // protobufjs is also what gRPC is made of.
  const onlyForDevelopment = Object.keys(manifest.devDependencies).filter(
    (name) => !['protobufjs', '@grpc/proto-loader', '@types/node'].includes(name),
  );
  expect(names.filter((name) => onlyForDevelopment.includes(name))).toEqual([]);
});

test('its user is a number other than root, and its Node the one that the tests run on', async () => {
  expect(image.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  const dockerfile = await readFile('Dockerfile', 'utf8');
  expect(dockerfile).toContain(`ARG NODE_VERSION=${manifest.devDependencies['node'] ?? ''}\n`);
});
