// Debian packages unpacked into a folder, which needs no rights and installs nothing.
import { access, constants, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  run,
  type Machine,
  type Outcome,
  type Report,
} from '../../../dataplane/local/tools/machine.ts';

export interface DebianRequest {
  readonly machine: Machine;
  readonly report: Report;
  /** An empty folder to work in. */
  readonly work: string;
  readonly packages: readonly string[];
}

/** Resolves with the folder that holds what the packages would install; undefined: not to be had. */
export async function unpackDebianPackages(request: DebianRequest): Promise<string | undefined> {
  const { machine, report, work, packages } = request;
  const download = (): Promise<Outcome> =>
    run(machine, 'apt-get', ['download', '--quiet', ...packages], work);
  let outcome = await download();
  if (outcome.code === undefined) return undefined;
  if (outcome.code !== 0 && (await mayUpdateLists())) {
    report('Updating the lists of Debian packages.');
    await run(machine, 'apt-get', ['update', '--quiet']);
    outcome = await download();
  }
  const archives = (await readdir(work)).filter((file) => file.endsWith('.deb'));
  if (outcome.code !== 0 || archives.length < packages.length) return undefined;
  const root = join(work, 'root');
  await mkdir(root);
  for (const archive of archives) {
    const unpacked = await run(machine, 'dpkg-deb', ['--extract', join(work, archive), root]);
    if (unpacked.code !== 0) return undefined;
  }
  return root;
}

async function mayUpdateLists(): Promise<boolean> {
  try {
    await access('/var/lib/apt/lists', constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
