import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { giveWay } from './give-way.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'give-way-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs `giveWay` in a thread; resolves with the thread's priority, and this one's at that time. */
async function inThread(): Promise<{ readonly thread: number; readonly process: number }> {
  const module = JSON.stringify(new URL('./give-way.ts', import.meta.url).href);
  const source = `
    const { getPriority } = require('node:os');
    const { readlinkSync } = require('node:fs');
    const { basename } = require('node:path');
    import(${module}).then(({ giveWay }) => {
      giveWay();
      let own = 0;
      try {
        own = Number(basename(readlinkSync('/proc/thread-self')));
      } catch {}
      require('node:worker_threads').parentPort.postMessage(getPriority(own));
    });`;
  const worker = new Worker(source, { eval: true });
  try {
    const thread = await new Promise<number>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    return { thread, process: getPriority(process.pid) };
  } finally {
    await worker.terminate();
  }
}

test('a thread lowers its own priority and leaves the others theirs', async () => {
  const before = getPriority(process.pid);
  const after = await inThread();
  // Elsewhere priority is the process's.
  expect(after.thread).toBe(process.platform === 'linux' ? Math.max(before, 10) : before);
  expect(after.process).toBe(before);
});

test('where threads cannot be told apart, nothing changes', async () => {
  const before = getPriority();
  await symlink('no-thread', join(folder, 'entry'));
  giveWay(join(folder, 'entry'));
  giveWay(join(folder, 'missing'));
  expect(getPriority()).toBe(before);
});
