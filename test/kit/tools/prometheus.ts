// Prepares Prometheus and promtool for the tests: Debian's package unpacked into the cache, or a
// build from the Go module where there is no Debian.
import { rename, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cacheFolder, isProgram, prepareOnce } from '../../../dataplane/local/tools/cache.ts';
import {
  lastLine,
  run,
  thisMachine,
  type Machine,
  type Report,
} from '../../../dataplane/local/tools/machine.ts';
import { unpackDebianPackages } from './debian.ts';

const programs = { promtool: 'PROMTOOL_BIN', prometheus: 'PROMETHEUS_BIN' } as const;
type Program = keyof typeof programs;

/** The Go module's version of Prometheus 3.16. */
const goVersion = 'v0.316.0';

const folder = 'prometheus';
const bringYourOwn =
  'install Prometheus and promtool yourself and name them in PROMETHEUS_BIN and PROMTOOL_BIN';

/** Where a program is: its variable, else the PATH, else the cache; undefined: nowhere. */
export async function findPrometheusProgram(
  program: Program,
  machine: Machine = thisMachine,
): Promise<string | undefined> {
  const own = machine.env[programs[program]];
  if (own !== undefined && own !== '') return own;
  const folders = (machine.env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '');
  for (const place of [...folders, join(cacheFolder(machine), folder)]) {
    const path = join(place, program);
    if (await isProgram(path)) return path;
  }
  return undefined;
}

/**
 * Resolves with the paths of both programs, prepared if one is missing. Reports only when there is
 * something to do. Rejects with one sentence that says what to install or which variables to set.
 */
export async function ensurePrometheus(
  report: Report,
  machine: Machine = thisMachine,
): Promise<Readonly<Record<Program, string>>> {
  const find = async (): Promise<Readonly<Record<Program, string>> | undefined> => {
    const promtool = await findPrometheusProgram('promtool', machine);
    const prometheus = await findPrometheusProgram('prometheus', machine);
    return promtool === undefined || prometheus === undefined
      ? undefined
      : { promtool, prometheus };
  };
  const present = await find();
  if (present !== undefined) return present;
  const cache = cacheFolder(machine);
  await prepareOnce({
    cache,
    name: folder,
    programs: Object.keys(programs),
    report,
    prepare: async (work, result) => {
      const begun = performance.now();
      report(`Preparing Prometheus (once; it stays in ${cache}).`);
      if (!(await fromDebian({ machine, report, work, result }))) {
        await fromGo({ machine, report, work, result });
      }
      const { size } = await stat(join(result, 'promtool'));
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      report(`promtool is ready: ${Math.round(size / 1e6)} MB, after ${seconds} s.`);
    },
  });
  const made = await find();
  if (made === undefined) throw new Error(`Prometheus could not be prepared; ${bringYourOwn}.`);
  return made;
}

interface Workplace {
  readonly machine: Machine;
  readonly report: Report;
  readonly work: string;
  /** Where the programs are to be. */
  readonly result: string;
}

/** False where there is no such package. */
async function fromDebian({ machine, report, work, result }: Workplace): Promise<boolean> {
  const root = await unpackDebianPackages({ machine, report, work, packages: ['prometheus'] });
  if (root === undefined) return false;
  for (const program of Object.keys(programs)) {
    await rename(join(root, 'usr', 'bin', program), join(result, program));
  }
  return (await run(machine, join(result, 'promtool'), ['--version'])).code === 0;
}

async function fromGo({ machine, report, work, result }: Workplace): Promise<void> {
  report('Building Prometheus with Go, which takes some minutes.');
  const env = { ...machine.env, GOBIN: result, GOFLAGS: '-buildvcs=false' };
  const module = 'github.com/prometheus/prometheus';
  const outcome = await run(
    { ...machine, env },
    'go',
    [
      // Without the clients of all clouds the build is a third.
      ...['install', '-tags=remove_all_sd'],
      ...Object.keys(programs).map((program) => `${module}/cmd/${program}@${goVersion}`),
    ],
    work,
  );
  if (outcome.code === 0) return;
  const why =
    outcome.code === undefined
      ? 'There is neither a Debian package of Prometheus nor Go to build it with'
      : `Prometheus could not be built with Go (${lastLine(outcome.output)})`;
  throw new Error(`${why}; ${bringYourOwn}.`);
}
