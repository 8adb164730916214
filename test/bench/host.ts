// Facts about the machine and the versions that the results belong to.
import { execFile } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { envoyBinary } from '../kit/envoy.ts';
import type { GoPrograms } from './go-programs.ts';

const run = promisify(execFile);

export interface HostFacts {
  /** Processor model and number of cores, memory, kernel. */
  readonly machine: string;
  /** Versions by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Commit that was measured, with `+` when files differ from it; empty outside a checkout. */
  readonly commit: string;
}

/** Load averages of the last minute, 5 and 15 minutes. */
export const loadAverages = (): string =>
  loadavg()
    .map((value) => value.toFixed(2))
    .join(' ');

export async function hostFacts(go: GoPrograms['versions']): Promise<HostFacts> {
  const { machine, commit } = await machineFacts();
  return {
    machine,
    commit,
    versions: {
      Envoy: await envoyVersion(),
      'Node.js': process.version,
      Go: go.go.replace(/^go/, ''),
      'grpc-go': go.grpc,
      'go-control-plane/envoy': go.controlPlane,
    },
  };
}

/** What does not depend on what is measured. */
export async function machineFacts(): Promise<Pick<HostFacts, 'machine' | 'commit'>> {
  const processors = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return {
    machine: `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}, ${gigabytes} GiB of memory, Linux ${release()}`,
    commit: await commit(),
  };
}

async function envoyVersion(): Promise<string> {
  const { stdout } = await run(envoyBinary(), ['--version']);
  // "…  version: <commit>/<version>/<state>/<build>/<tls>"
  return /version: [^/]*\/([^/]+)\//.exec(stdout)?.[1] ?? stdout.trim();
}

async function commit(): Promise<string> {
  try {
    const { stdout: id } = await run('git', ['rev-parse', '--short=10', 'HEAD']);
    const { stdout: changes } = await run('git', ['status', '--porcelain']);
    return `${id.trim()}${changes === '' ? '' : '+'}`;
  } catch {
    return '';
  }
}
