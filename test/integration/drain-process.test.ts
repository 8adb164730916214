// The end of a router as a process of its own, through the real Envoy: SIGTERM loses nothing, SIGKILL
// lets nothing pass, and no client hangs.
import { afterEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '../../config/parse.ts';
import { send } from '../kit/client.ts';
import { freePorts } from '../kit/ports.ts';
import {
  accepts,
  beginStreams,
  gate,
  heldStream,
  pageOf,
  requestOf,
  surround,
  until,
  type Surroundings,
} from '../kit/router-surroundings.ts';

const host = '127.0.0.1';
const { first, second } = heldStream;
const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

interface RouterProcess {
  readonly child: ChildProcess;
  readonly metricsPort: number;
  readonly adminPort: number;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly exited: Promise<number | string | null>;
}

/** The command, as a pod runs it, ready to serve. */
async function startProcess(around: Surroundings, more: readonly string[]): Promise<RouterProcess> {
  const [metricsPort = 0, adminPort = 0] = await freePorts(2);
  const child = spawn(
    process.execPath,
    [
      ...[fileURLToPath(new URL('../../cli.ts', import.meta.url)), 'router'],
      ...['--config', around.configPath, '--ext-proc', `${host}:${around.extProcPorts[0]}`],
      ...['--metrics', `${host}:${metricsPort}`, '--admin', `${host}:${adminPort}`],
      ...['--drain-delay', '0.2', ...more],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const exited = new Promise<number | string | null>((resolve) => {
    child.once('close', (code, signal) => {
      resolve(code ?? signal);
    });
  });
  ending.push(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  });
  await until('the router is ready', async () => {
    if (child.exitCode !== null) throw new Error(`the router did not start\n${output}`);
    return (await readiness(adminPort)) === 200;
  });
  return { child, metricsPort, adminPort, exited };
}

async function readiness(adminPort: number): Promise<number | undefined> {
  try {
    const reply = await fetch(`http://${host}:${adminPort}/readyz`);
    await reply.text();
    return reply.status;
  } catch {
    return undefined;
  }
}

/** The lines of the ledger that a router kept under its configuration's directory. */
async function ledgerOf({ directory }: Surroundings): Promise<readonly Record<string, unknown>[]> {
  const folder = join(directory, 'ledger');
  const names = (await readdir(folder)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function writeEnvoyFiles({ configPath, envoyFiles }: Surroundings): Promise<void> {
  const parsed = parseConfig(await readFile(configPath));
  if (!parsed.ok) throw new Error('the configuration is refused');
  await envoyFiles.writeInitial(parsed.config);
}

test('SIGTERM: running streams come whole, are in the ledger, and the process ends with 0', async () => {
  const held = gate();
  const around = await surround({ gate: held, ending, routers: 1, durability: 'interval' });
  await writeEnvoyFiles(around);
  // Far longer than this test may take: it ends with the scrape, not with the time.
  const router = await startProcess(around, ['--last-scrape', '600']);
  await around.startEnvoy();
  const replies = await beginStreams(around.url, 3);
  await pageOf(router.metricsPort); // somebody scrapes

  router.child.kill('SIGTERM');
  await until('it says so', async () => (await readiness(router.adminPort)) === 503);
  await until('the port is closed', async () => !(await accepts(around.extProcPorts[0] ?? 0)));
  held.open();
  for (const reply of await Promise.all(replies)) {
    expect(reply.complete).toBe(true);
    expect(reply.text()).toBe(first + second);
  }
  const series = 'semantic_router_tokens_total{user="stream-2",tier="premium",model="small"';
  await until('the last scrape has been', async () => {
    const page = await pageOf(router.metricsPort).catch(() => undefined);
    if (page?.includes(`${series},type="completion"} 20\n`) === true) return true;
    return router.child.exitCode !== null;
  });
  await until('the metrics port is closed', async () => {
    await pageOf(router.metricsPort).catch(() => undefined);
    return !(await accepts(router.metricsPort));
  });
  await until('the process has ended', () => router.child.exitCode !== null);
  expect(await router.exited).toBe(0);

  const lines = await ledgerOf(around);
  expect(lines.map(({ user }) => user).sort()).toEqual(['stream-0', 'stream-1', 'stream-2']);
  for (const line of lines) {
    expect(line).toMatchObject({
      outcome: 'completed',
      usage_source: 'reported',
      prompt_tokens: 10,
      completion_tokens: 20,
    });
  }
});

test('SIGKILL: clients are cut, new requests refused, nothing passes unmetered', async () => {
  const held = gate();
  const around = await surround({ gate: held, ending, routers: 1, durability: 'sync' });
  await writeEnvoyFiles(around);
  const router = await startProcess(around, []);
  await around.startEnvoy();
  expect((await send(requestOf(around.url, 'before'))).status).toBe(200);
  await until('it is counted', async () =>
    (await pageOf(router.metricsPort)).includes('user="before"'),
  );
  const replies = await beginStreams(around.url, 3);

  router.child.kill('SIGKILL');
  expect(await router.exited).toBe('SIGKILL');
  for (const reply of await Promise.all(replies)) {
    expect(reply.complete).toBe(false);
    expect(reply.text()).toBe(first);
  }
  // The backend is told as well.
  for (let index = 1; index <= 3; index++) {
    const request = await around.backend.request(index);
    expect(await request.ended).toMatchObject({ how: 'aborted' });
  }
  const reached = around.backend.requests.length;
  for (const stream of [false, true]) {
    const refused = await send(requestOf(around.url, 'meanwhile', stream));
    expect(refused.status).toBeGreaterThanOrEqual(500);
    expect(refused.json()).toMatchObject({ error: { type: expect.any(String) } });
  }
  expect(around.backend.requests).toHaveLength(reached);
  const lines = await ledgerOf(around);
  expect(lines.map(({ user, outcome }) => [user, outcome])).toEqual([['before', 'completed']]);

  await startProcess(around, []);
  await until('Envoy finds the new one', async () => {
    const reply = await send(requestOf(around.url, 'after'));
    return reply.status === 200;
  });
});
