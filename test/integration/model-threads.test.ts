// Programs with the real models that are ended in the middle: a thread that is stopped while the runtime
// loads or computes aborts its process, so none may be.
import { afterEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { cp, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { modelsFolder } from '../../dataplane/local/tools/models/ensure-models.ts';
import { temporaryFolder } from '../kit/models/folder.ts';
import { freePorts } from '../kit/ports.ts';
import { systemConfig } from '../kit/system.ts';

const host = '127.0.0.1';
const folder = temporaryFolder();
const evalSet = 'dataplane/models/eval/domain.jsonl';

interface Program {
  readonly child: ChildProcess;
  output(): string;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
}

const running: Program[] = [];
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  }
});

function start(...args: readonly string[]): Program {
  const child = spawn(process.execPath, ['cli.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('close', (code, signal) => {
      resolve(code ?? signal);
    });
  });
  const program = { child, output: () => output, ended };
  running.push(program);
  return program;
}

async function until(program: Program, what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) {
    if (program.child.exitCode !== null || program.child.signalCode !== null) {
      throw new Error(`it ended too early\n${program.output()}`);
    }
    await sleep(5);
  }
}

/** Whether a thread has begun to load a model: the runtime's library is in the process. */
async function loads({ child }: Program): Promise<boolean> {
  const maps = await readFile(`/proc/${child.pid}/maps`, 'utf8').catch(() => '');
  return maps.includes('libonnxruntime');
}

let configs = 0;

interface RunningRouter extends Program {
  readonly adminPort: number;
  readonly configPath: string;
}

async function startRouter(): Promise<RunningRouter> {
  const configPath = folder(`config-${(configs += 1)}.yaml`);
  await writeFile(configPath, JSON.stringify(systemConfig({ small: 9, big: 9 })));
  const [extProc, metrics, adminPort = 0] = await freePorts(3);
  const program = start(
    ...['router', '--config', configPath, '--models', modelsFolder(), '--drain-delay', '0'],
    ...['--ext-proc', `${host}:${extProc}`, '--metrics', `${host}:${metrics}`],
    ...['--admin', `${host}:${adminPort}`],
  );
  return { ...program, adminPort, configPath };
}

const turns = (count: number): number[] => Array.from({ length: count }, (_, turn) => turn);

test.each(turns(3))('a router that is ended while its models load: %d', async (turn) => {
  const router = await startRouter();
  await until(router, () => loads(router));
  await sleep(turn * 60);
  router.child.kill('SIGTERM');
  expect(await router.ended).toBe(0);
});

test.each(turns(3))('a router that is ended while its models compute: %d', async (turn) => {
  const router = await startRouter();
  await until(router, () => router.output().includes('the router serves'));
  const texts = turns(20).map((at) => `${at} ${'eigenvalues of a matrix '.repeat(100)}`);
  const asked = fetch(`http://${host}:${router.adminPort}/api/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ texts }),
  }).catch(() => undefined);
  await sleep(turn * 40);
  router.child.kill('SIGTERM');
  expect(await router.ended).toBe(0);
  await asked;
});

test.each(turns(3))('a router that is ended while a reload loads a model: %d', async (turn) => {
  const other = folder(`other-${turn}`);
  await cp(join(modelsFolder(), 'minilm'), other, { recursive: true });
  const router = await startRouter();
  await until(router, () => router.output().includes('the router serves'));
  const changed = { signal_models: { embedding: { path: other } } };
  await writeFile(
    `${router.configPath}.new`,
    JSON.stringify(systemConfig({ small: 9, big: 9 }, changed)),
  );
  await rename(`${router.configPath}.new`, router.configPath);
  await sleep(turn * 150);
  router.child.kill('SIGTERM');
  expect(await router.ended).toBe(0);
});

test.each(turns(2))('an evaluation that is ended by Ctrl-C: %d', async (turn) => {
  const program = start('eval', '--task', 'domain', '--set', evalSet, '--models', modelsFolder());
  await until(program, () => loads(program));
  await sleep(turn * 150);
  program.child.kill('SIGINT');
  expect(['SIGINT', 0]).toContain(await program.ended);
});

test('training that is ended by Ctrl-C', async () => {
  const out = folder('heads');
  const program = start('train', '--task', 'domain', '--out', out, '--models', modelsFolder());
  await until(program, () => program.output() !== '');
  program.child.kill('SIGINT');
  expect(await program.ended).toBe('SIGINT');
});

test('an evaluation of what is no set, and an explanation, end by themselves', async () => {
  const broken = folder('broken.jsonl');
  await writeFile(broken, '{"text": "a"}\n');
  const models = ['--models', modelsFolder()];
  const evaluation = start('eval', '--task', 'domain', '--set', broken, ...models);
  expect(await evaluation.ended).toBe(1);
  expect(evaluation.output()).toContain(broken);
  const config = ['--config', 'config/config.yaml'];
  expect(await start('explain', ...config, ...models, 'Solve x + 1 = 2.').ended).toBe(0);
});
