// What a newcomer does: `npm start`, the lines that it prints to try, Ctrl-C; and the README.
import { afterEach, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { envoyPath } from '../../dataplane/local/tools/envoy.ts';
import { commandsOf, ready, run, startLocally, type Started } from '../kit/local-start.ts';
import { startModelServer } from '../kit/model-server.ts';
import { until } from '../kit/router-surroundings.ts';

const sh = promisify(execFile);

let started: Started | undefined;
afterEach(async () => {
  // Killed at once, it could not end its Envoy.
  started?.child.kill('SIGTERM');
  await started?.exit;
  started = undefined;
});

async function start(...args: readonly string[]): Promise<Started> {
  return (started = await startLocally(args));
}

/** What the router says of its models. */
async function modelsOf({ ports }: Started): Promise<Readonly<Record<string, string>>> {
  const { models } = (await (await fetch(`http://127.0.0.1:${ports.admin}/config`)).json()) as {
    readonly models: readonly { readonly name: string; readonly state: string }[];
  };
  return Object.fromEntries(models.map(({ name, state }) => [name, state]));
}

test('the lines that it prints work, forged identity fails, Ctrl-C ends everything', async () => {
  const running = await start();
  await ready(running);
  const commands = commandsOf(running.output());
  expect(commands).toHaveLength(3);
  const [ask = '', stream = '', metrics = ''] = commands;

  const answer = await run(ask);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(answer).toMatch(/x-vsr-model-selected: deepseek-v3/);
  expect(answer).toMatch(/"usage":/);
  const events = (await run(stream)).split('\n').filter((line) => line.startsWith('data: '));
  expect(events.length).toBeGreaterThan(3);
  expect(events.at(-1)).toBe('data: [DONE]');

  // A forged user and tier beside a free key: counted for the key, not for what the client says.
  const forge = ask
    .replace(/demo-\w+/, 'demo-free')
    .replace('-H ', "-H 'x-auth-request-user: mallory' -H 'x-auth-request-tier: enterprise' -H ");
  expect(await run(forge)).toMatch(/^HTTP\/1\.1 200/);
  const unknownKey = await run(ask.replace(/demo-\w+/, 'stolen'));
  expect(unknownKey).toMatch(/^HTTP\/1\.1 401/);
  expect(unknownKey).toMatch(/"error":/);

  const counted = await run(metrics);
  expect(counted).toMatch(/semantic_router_tokens_total{user="\w+",tier="premium",model=/);
  expect(counted).toMatch(/semantic_router_requests_total{user="\w+",tier="free",model=/);
  expect(counted).not.toContain('mallory');

  const readyz = await fetch(`http://127.0.0.1:${running.ports.admin}/readyz`);
  expect(readyz.status).toBe(200);
  running.child.kill('SIGINT');
  expect(await running.exit).toBe(0);
  await expect(fetch(`http://127.0.0.1:${running.ports.envoy}/`)).rejects.toThrow();
});

test('a real backend stands in for the simulation, and never sees a demo key', async () => {
  const backend = await startModelServer();
  try {
    const running = await start('--backend', backend.url);
    await ready(running);
    const [ask = ''] = commandsOf(running.output());
    expect(await run(ask)).toMatch(/^HTTP\/1\.1 200/);
    expect(backend.requests).toHaveLength(1);
    expect(backend.requests[0]?.headers).not.toHaveProperty('authorization');
    running.child.kill('SIGTERM');
    expect(await running.exit).toBe(0);
  } finally {
    await backend.close();
  }
});

test('standalone mode has no gate and no keys', async () => {
  const running = await start('--config', 'config/config.yaml');
  await ready(running);
  expect(running.output()).not.toContain('demo');
  const [ask = '', , metrics = ''] = commandsOf(running.output());
  expect(await run(ask)).toMatch(/^HTTP\/1\.1 200[^]*x-vsr-selected-model:/);
  expect(await run(metrics)).toMatch(/llm_model_requests_total{model=/);
  running.child.kill('SIGINT');
  expect(await running.exit).toBe(0);
});

test('it brings its models, which answer once it is ready', async () => {
  const running = await start();
  await ready(running);
  await until('the router is ready', async () => {
    return (await fetch(`http://127.0.0.1:${running.ports.admin}/readyz`)).status === 200;
  });
  expect(await modelsOf(running)).toMatchObject({ embedding: 'ready', pii: 'ready' });
});

test('where models cannot be brought it says so in a sentence and goes on', async () => {
  const models = await mkdtemp(join(tmpdir(), 'srm-no-models-'));
  try {
    const nothing = { PATH: models, MODELS_DIR: models, ENVOY_BIN: envoyPath() };
    const running = (started = await startLocally([], nothing));
    await ready(running);
    const [, why = '', then = ''] = running.output().split('\n');
    expect(why).toMatch(/^The model .* there is no python3 here; install Python 3 with pip, or /);
    expect(then).toMatch(/^Going on all the same: without models, words and rules alone tell/);
    expect(await modelsOf(running)).toMatchObject({ embedding: 'absent', pii: 'absent' });
    const [ask = ''] = commandsOf(running.output());
    expect(await run(ask)).toMatch(/^HTTP\/1\.1 200 OK/);
  } finally {
    await rm(models, { recursive: true, force: true });
  }
});

test('a port in use is one clear sentence', async () => {
  const occupied = await startModelServer();
  try {
    const running = await start('--port', String(occupied.port));
    expect(await running.exit).toBe(1);
    expect(running.output()).toBe(
      `semantic-router-maas run: Port ${occupied.port}, which Envoy needs, is in use by another program; choose another with --port.\n`,
    );
  } finally {
    await occupied.close();
  }
});

test('a router that cannot have one of its ports ends, whichever it is', async () => {
  const occupied = await startModelServer();
  try {
    for (const flag of ['--ext-proc', '--metrics', '--admin']) {
      const free = ['--ext-proc', '--metrics', '--admin'].flatMap((other) =>
        other === flag ? [] : [other, '127.0.0.1:0'],
      );
      const ended = sh(process.execPath, [
        ...['cli.ts', 'router', '--config', 'config/config.yaml'],
        ...[flag, `127.0.0.1:${occupied.port}`, ...free],
      ]);
      await expect(ended).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(new RegExp(`^.*${occupied.port}.* in use.*\\n$`)),
      });
    }
  } finally {
    await occupied.close();
  }
});

test.each([
  ['a configuration that is not there', ['--config', 'missing.yaml'], /missing\.yaml/],
  ['a flag that nobody knows', ['--bogus'], /--bogus/],
  ['a backend that is no URL', ['--backend', 'nowhere'], /--backend must be a URL/],
])('%s is one clear sentence', async (_what, args, sentence) => {
  const running = await start(...args);
  expect(await running.exit).toBe(1);
  expect(running.output()).toMatch(sentence);
  expect(running.output()).not.toMatch(/^\s+at /m);
});

test('the README shows the commands that exist', async () => {
  const [readme, manifest] = await Promise.all([
    readFile('README.md', 'utf8'),
    readFile('package.json', 'utf8'),
  ]);
  const { scripts } = JSON.parse(manifest) as { scripts: Record<string, string> };
  expect(readme).toContain('npm install && npm start');
  expect(readme).toContain('npm install && npm test');
  for (const [, name = ''] of readme.matchAll(/npm run ([\w:]+)/g)) {
    expect(Object.keys(scripts)).toContain(name);
  }
  const { stdout: help } = await sh(process.execPath, ['cli.ts', 'help']);
  for (const [, name = ''] of readme.matchAll(/cli\.ts (\w+)/g)) {
    expect(help).toContain(`  ${name} `);
  }
});
