// A folder for the files of a test, gone when it is over.
import { afterAll, beforeAll } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** To be called beside the tests; the path is known while they run. */
export function temporaryFolder(): (...parts: readonly string[]) => string {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'srm-models-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  return (...parts) => join(folder, ...parts);
}
