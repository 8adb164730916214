// Preparing what only the tests run: the parts of a cluster, Helm, Lua, other projects' CRDs.
// Nothing is fetched or built here: go is a script that behaves as the test says.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Machine } from '../../../dataplane/local/tools/machine.ts';
import { authorinoModule, authorinoPath } from './authorino.ts';
import { clusterProgramPath, clusterPrograms } from './kubernetes.ts';
import { luaPath } from './lua.ts';
import { ensurePrometheusOperator, findPrometheusOperator } from './prometheus-operator.ts';
import { ensureThirdPartyCrds, publishedCrds, thirdPartyCrd } from './third-party-crds.ts';
import { createToolsCommand, type ToolsCommand } from './tools-command.ts';

let command: ToolsCommand;
const path = (...names: string[]): string => command.path(...names);

beforeEach(async () => {
  command = await createToolsCommand();
});
afterEach(() => command.remove());

/** What is prepared before the cluster is there already. */
const present = {
  AUTHORINO_BIN: process.execPath,
  ENVOY_BIN: process.execPath,
  PROMETHEUS_BIN: process.execPath,
  PROMTOOL_BIN: process.execPath,
  PROMETHEUS_OPERATOR_BIN: process.execPath,
  REDIS_SERVER_BIN: process.execPath,
};

async function run(
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; lines: string[] }> {
  const { code, stderr } = await command.run(['--needed-by=test'], { ...present, ...env });
  expect(stderr).not.toMatch(/^\s+at |Error:/m);
  return { code, lines: stderr.trimEnd().split('\n') };
}

/** A go that builds and installs everything, and brings modules with that hash. */
function workingGo(sum: string, folder = '/nowhere'): Promise<void> {
  return command.program(
    'go',
    `const { appendFileSync, chmodSync, writeFileSync } = require('node:fs');
    const args = process.argv.slice(2);
    appendFileSync(${JSON.stringify(path('calls'))}, args.slice(0, 2).join(' ') + '\\n');
    if (args[0] === 'mod') {
      console.error('go: downloading it');
      console.log(JSON.stringify({ Dir: ${JSON.stringify(folder)}, Sum: ${JSON.stringify(sum)} }));
      process.exit(0);
    }
    const target = args[0] === 'build'
      ? args[args.indexOf('-o') + 1]
      : process.env.GOBIN + '/' + args.at(-1).split('/').at(-1).split('@')[0];
    writeFileSync(target, '');
    chmodSync(target, 0o755);`,
  );
}

test('without Go, a sentence says what to install or which variable to set', async () => {
  const { code, lines } = await run();
  expect(code).toBe(1);
  expect(lines.at(-1)).toBe(
    'etcd 3.6.8 is built with Go, and there is no go here; install Go 1.26 or newer, or name your ' +
      'own etcd in TEST_ASSET_ETCD or its folder in KUBEBUILDER_ASSETS.',
  );
});

test('a build that fails is told by its last line, and nothing of it stays', async () => {
  await command.program('go', `console.error('x\\ngo: no route to host.'); process.exit(1)`);
  const { code, lines } = await run();
  expect(code).toBe(1);
  expect(lines.at(-1)).toBe(
    'etcd 3.6.8 is built with Go, which failed (go: no route to host); check the network, or name ' +
      'your own etcd in TEST_ASSET_ETCD or its folder in KUBEBUILDER_ASSETS.',
  );
  expect(await readdir(path('cache', 'semantic-router-maas'))).toEqual([]);
});

test('a variable must name a program', async () => {
  const { code, lines } = await run({ TEST_ASSET_ETCD: '/no/etcd' });
  expect(code).toBe(1);
  expect(lines).toEqual(['TEST_ASSET_ETCD names /no/etcd, which is no program that can be run.']);
});

test('what one has is taken, what is missing is built, with progress', async () => {
  await mkdir(path('assets'));
  for (const name of ['etcd', 'kube-apiserver', 'kubectl']) {
    await symlink(process.execPath, path('assets', name));
  }
  await workingGo('h1:another');
  const env = { KUBEBUILDER_ASSETS: path('assets'), HELM_BIN: process.execPath };
  const { lines } = await run(env);
  expect(lines.slice(0, 4)).toEqual([
    expect.stringMatching(
      /^Building kube-controller-manager \S+ with Go \(a minute, once; it stays/,
    ),
    expect.stringMatching(/^kube-controller-manager \S+ is ready: /),
    expect.stringMatching(/^Building glua /),
    expect.stringMatching(/^glua \S+ is ready: /),
  ]);
  const found = await Promise.all(
    clusterPrograms.map((name) => clusterProgramPath(name, machineWith(env))),
  );
  expect(found.map((file) => file.replace(/-[\d.]+\//, '-VERSION/'))).toEqual([
    path('assets', 'etcd'),
    path('assets', 'kube-apiserver'),
    path(
      ...['cache', 'semantic-router-maas', 'kube-controller-manager-VERSION'],
      'kube-controller-manager',
    ),
    path('assets', 'kubectl'),
  ]);
  expect(await readdir(path('cache', 'semantic-router-maas', 'glua-1.1.2'))).toEqual(['glua']);
  // The second time nothing of it is built again.
  await run(env);
  const calls = (await readFile(path('calls'), 'utf8')).split('\n');
  expect(calls.filter((call) => !call.startsWith('mod'))).toEqual([
    'build -trimpath',
    'install github.com/yuin/gopher-lua/cmd/glua@v1.1.2',
    '',
  ]);
});

test('CRDs of which a byte differs are refused', async () => {
  await workingGo('h1:another');
  const { code, lines } = await run({ ...clusterOfNode(), HELM_BIN: process.execPath });
  expect(code).toBe(1);
  expect(lines.at(-1)).toMatch(
    /^The CRDs of \S+ \S+ come as a Go module, whose hash h1:another is not h1:\S+=\.$/,
  );
  expect((await readdir(path('cache', 'semantic-router-maas'))).filter(isCrds)).toEqual([]);
});

test('CRDs that are given are not fetched, and what a manifest holds beside one is left out', async () => {
  const crd = { kind: 'CustomResourceDefinition', spec: authConfigs };
  const manifest = [crd, { kind: 'ClusterRole' }].map((one) => JSON.stringify(one)).join('\n---\n');
  await mkdir(path('module', 'install'), { recursive: true });
  await writeFile(path('module', 'install', 'manifests.yaml'), manifest);
  await workingGo(authorinoModule.sum, path('module'));
  await mkdir(path('given'));
  const name = 'authorino.kuadrant.io_authconfigs';
  const given = publishedCrds.filter((one) => one !== name);
  for (const name of given) await writeFile(path('given', `${name}.yaml`), '');
  const env = { THIRD_PARTY_CRDS: path('given') };
  const folders = await ensureThirdPartyCrds(
    () => undefined,
    machineWith({ ...env, PATH: path('bin') }),
  );
  const file = thirdPartyCrd(name, machineWith(env));
  expect(folders.map((folder) => join(folder, `${name}.yaml`))).toEqual([file]);
  expect(parse(await readFile(file, 'utf8'))).toEqual(crd);
  await writeFile(path('given', `${name}.yaml`), '');
  expect(thirdPartyCrd(name, machineWith(env))).toBe(path('given', `${name}.yaml`));
});

const authConfigs = { group: 'authorino.kuadrant.io', names: { plural: 'authconfigs' } };

test('CRDs that no module carries come from the folder that THIRD_PARTY_CRDS names', async () => {
  const name = 'kuadrant.io_authpolicies';
  expect(thirdPartyCrd(name, machineWith({}))).toBeUndefined();
  const machine = machineWith({ THIRD_PARTY_CRDS: path() });
  expect(thirdPartyCrd(name, machine)).toBeUndefined();
  await writeFile(path(`${name}.yaml`), '');
  expect(thirdPartyCrd(name, machine)).toBe(path(`${name}.yaml`));
});

test('Authorino is built into the cache, or named by its variable; tests do without it', async () => {
  const needed = { ...clusterOfNode(), AUTHORINO_BIN: '', HELM_BIN: process.execPath };
  const { lines } = await run(needed);
  expect(lines).toContainEqual(
    expect.stringMatching(
      /^authorino \S+ is built with Go, and there is no go here; .*AUTHORINO_BIN\. The tests that need it are skipped\.$/,
    ),
  );
  await workingGo('h1:another');
  await run(needed);
  const cached = await authorinoPath(machineWith({}));
  expect(cached).toBe(path('cache', 'semantic-router-maas', 'authorino-0.27.0', 'authorino'));
  await expect(readFile(cached, 'utf8')).resolves.toBe('');
  expect(await authorinoPath(machineWith({ AUTHORINO_BIN: '/my/authorino' }))).toBe(
    '/my/authorino',
  );
});

test('the Prometheus Operator is looked for, and what is to be done without it is said', async () => {
  const machine = machineWith({ PATH: path('bin') });
  expect(await findPrometheusOperator(machine)).toBeUndefined();
  await expect(ensurePrometheusOperator(() => undefined, machine)).rejects.toThrow(
    /^prometheus-operator \d+\.\d+\.\d+ is built with Go, and there is no go here; .* PROMETHEUS_OPERATOR_BIN\.$/,
  );
  const own = machineWith({ PROMETHEUS_OPERATOR_BIN: process.execPath });
  expect(await findPrometheusOperator(own)).toBe(process.execPath);
});

test('an own Lua is used', async () => {
  expect(await luaPath(machineWith({ LUA_BIN: '/my/lua5.1' }))).toBe('/my/lua5.1');
});

function clusterOfNode(): Record<string, string> {
  const variables = ['ETCD', 'KUBE_APISERVER', 'KUBE_CONTROLLER_MANAGER', 'KUBECTL'];
  return Object.fromEntries(variables.map((name) => [`TEST_ASSET_${name}`, process.execPath]));
}

function isCrds(entry: string): boolean {
  return entry.startsWith('crds-');
}

function machineWith(env: Readonly<Record<string, string>>): Machine {
  return { env: { XDG_CACHE_HOME: path('cache'), ...env }, platform: 'linux', arch: 'x64' };
}
