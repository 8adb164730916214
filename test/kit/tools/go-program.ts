// Programs that tests need and that are published as Go modules: named by a variable, else built
// once into the cache. Knows no program by name.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, isProgram, prepareOnce } from '../../../dataplane/local/tools/cache.ts';
import {
  lastLine,
  run,
  thisMachine,
  type Machine,
  type Report,
} from '../../../dataplane/local/tools/machine.ts';

export interface GoProgram {
  /** The program's file name, and its name in sentences. */
  readonly name: string;
  readonly version: string;
  /** The variable that names the program's file, for who brings an own one. */
  readonly variable: string;
  /** A variable that names a folder; the program is taken from there if it is there. */
  readonly folderVariable?: string;
  /** How long the build took on two cores, in words. */
  readonly takes: string;
  /** Arguments of `go` that leave the program in the folder `result` (which is GOBIN as well). */
  readonly build: (result: string) => readonly string[];
  /** Folder of the Go module that is built in; undefined: no matter which. */
  readonly module?: string;
}

/** Where the program is, or will be once it is prepared. */
export async function goProgramPath(
  program: GoProgram,
  machine: Machine = thisMachine,
): Promise<string> {
  const own = machine.env[program.variable];
  if (own !== undefined && own !== '') return own;
  const folder = machine.env[program.folderVariable ?? ''];
  if (folder !== undefined && folder !== '') {
    const path = join(folder, program.name);
    if (await isProgram(path)) return path;
  }
  return join(cacheFolder(machine), folderOf(program), program.name);
}

/**
 * Resolves with the program's path; builds it if it is missing. Reports only when there is something
 * to do. Rejects with one sentence that says what to install or which variable to set.
 */
export async function ensureGoProgram(
  program: GoProgram,
  report: Report,
  machine: Machine = thisMachine,
): Promise<string> {
  const path = await goProgramPath(program, machine);
  if (await isProgram(path)) return path;
  if (path === machine.env[program.variable]) {
    throw new Error(`${program.variable} names ${path}, which is no program that can be run.`);
  }
  const { name, version, takes } = program;
  const cache = cacheFolder(machine);
  await prepareOnce({
    cache,
    name: folderOf(program),
    programs: [name],
    report,
    prepare: async (work, result) => {
      const begun = performance.now();
      report(`Building ${name} ${version} with Go (${takes}, once; it stays in ${cache}).`);
      await build(program, { machine, work, result });
      const megabytes = Math.round((await stat(join(result, name))).size / 1e6);
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      report(`${name} ${version} is ready: ${megabytes} MB, after ${seconds} s.`);
    },
  });
  return path;
}

function folderOf({ name, version }: GoProgram): string {
  return `${name}-${version}`;
}

async function build(
  program: GoProgram,
  { machine, work, result }: { machine: Machine; work: string; result: string },
): Promise<void> {
  // A workspace around the checkout would choose other versions.
  const env = { ...machine.env, GOBIN: result, GOWORK: 'off', GOFLAGS: '-buildvcs=false' };
  const outcome = await run(
    { ...machine, env },
    'go',
    program.build(result),
    program.module ?? work,
  );
  if (outcome.code === 0 && (await isProgram(join(result, program.name)))) return;
  throw new Error(whyNot(program, outcome.code === undefined ? undefined : outcome.output));
}

function whyNot(program: GoProgram, output: string | undefined): string {
  const { name, version, variable, folderVariable } = program;
  const what = `${name} ${version} is built with Go`;
  const orFolder = folderVariable === undefined ? '' : ` or its folder in ${folderVariable}`;
  const bringYourOwn = `name your own ${name} in ${variable}${orFolder}`;
  return output === undefined
    ? `${what}, and there is no go here; install Go 1.26 or newer, or ${bringYourOwn}.`
    : `${what}, which failed (${lastLine(output)}); check the network, or ${bringYourOwn}.`;
}
