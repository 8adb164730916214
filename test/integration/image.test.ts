// Both programs, started from the file system that the Dockerfile makes and from nothing else.
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
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

interface Serving {
  /** What it says of its models, by their names. */
  models(): Promise<Readonly<Record<string, string>>>;
  readonly admin: string;
  end(): Promise<{ code: unknown; output: string }>;
}

/** Resolves when it is ready. */
async function serve(env: Readonly<Record<string, string>> = {}): Promise<Serving> {
  const [extProc, metrics, adminPort] = await freePorts(3);
  await copyFile('config/config.maas.yaml', join(image.folder, 'config.yaml'));
  const router = image.start(
    [
      ...['router', '--config', join(image.folder, 'config.yaml'), '--drain-delay', '0'],
      ...['--ext-proc', `127.0.0.1:${extProc ?? 0}`, '--metrics', `127.0.0.1:${metrics ?? 0}`],
      ...['--admin', `127.0.0.1:${adminPort ?? 0}`],
    ],
    env,
  );
  const end = ended(router);
  const admin = `http://127.0.0.1:${adminPort ?? 0}`;
  try {
    await until('the router is ready', async () => {
      if (router.exitCode !== null) throw new Error((await end).output);
      const reply = await fetch(`${admin}/readyz`).catch(() => undefined);
      return reply?.status === 200;
    });
  } catch (error) {
    router.kill('SIGKILL');
    throw error;
  }
  return {
    admin,
    models: async () => {
      const { models } = (await (await fetch(`${admin}/config`)).json()) as {
        readonly models: readonly { readonly name: string; readonly state: string }[];
      };
      return Object.fromEntries(models.map(({ name, state }) => [name, state]));
    },
    end: () => {
      router.kill('SIGTERM');
      return end;
    },
  };
}

test('the router serves its reference configuration with its models, without rights', async () => {
  const router = await serve();
  try {
    expect((await fetch(`${router.admin}/healthz`)).status).toBe(200);
    expect(await router.models()).toMatchObject({ embedding: 'ready', pii: 'ready' });
  } finally {
    expect(await router.end()).toMatchObject({ code: 0 });
  }
});

test('it serves all the same where the folder of the models is empty', async () => {
  await mkdir(join(image.folder, 'empty'));
  const router = await serve({ MODELS_DIR: join(image.folder, 'empty') });
  try {
    expect(await router.models()).toMatchObject({ embedding: 'absent', pii: 'absent' });
  } finally {
    const { code, output } = await router.end();
    expect(code).toBe(0);
    expect(output).toContain('models are not installed');
  }
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

test('it holds the models with their licences, and what the router was trained on', async () => {
  const models = await readdir(join(image.folder, 'app/models'));
  expect(models.toSorted()).toEqual(['minilm', 'rampart']);
  for (const model of models) {
    const files = await readdir(join(image.folder, 'app/models', model));
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'NOTICE', 'router-model.json']));
  }
  expect(await readdir(join(image.folder, 'app/dataplane/models'))).toContain('heads');
});

test('of what is compiled it holds only what runs on its platform', async () => {
  const files = await readdir(join(image.folder, 'app'), { recursive: true });
  const compiled = files.filter((file) => /\.(node|dll|dylib|so)(\.\d+)*$/.test(file));
  const [platform, arch] = [process.platform, process.arch];
  const foreign = compiled.filter(
    (file) => !file.includes(`/${platform}/${arch}/`) && !file.includes(`.${platform}-`),
  );
  expect(compiled).not.toEqual([]);
  expect(foreign).toEqual([]);
});

test('its user is a number other than root, and its Node the one that the tests run on', async () => {
  expect(image.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  const dockerfile = await readFile('Dockerfile', 'utf8');
  expect(dockerfile).toContain(`ARG NODE_VERSION=${manifest.devDependencies['node'] ?? ''}\n`);
});
