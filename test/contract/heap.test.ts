// The option that lets the heap grow is one of V8's, which another version may not have any more.
import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const heap = import.meta.resolve('../../dataplane/adapters/system/heap.ts');

test('this version of Node knows how far a heap may grow', async () => {
  const script = `const { letHeapGrow } = await import(${JSON.stringify(heap)}); letHeapGrow();`;
  const { stderr } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    script,
  ]);
  // V8 complains of what it does not know and goes on.
  expect(stderr).toBe('');
});
