// Prepares the programs of a Kubernetes control plane. Their versions, and the hashes of all that
// they are built from, are in kubernetes/go.mod and go.sum.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { thisMachine, type Machine, type Report } from '../../../dataplane/local/tools/machine.ts';
import { ensureGoProgram, goProgramPath, type GoProgram } from './go-program.ts';

const module = join(import.meta.dirname, 'kubernetes');
const goMod = readFileSync(join(module, 'go.mod'), 'utf8');

/** The version that go.mod requires of a module, without its `v`. */
function versionOf(path: string): string {
  const line = goMod.split('\n').find((text) => text.startsWith(`\t${path} v`)) ?? '';
  return line.trim().split(' ')[1]?.slice(1) ?? '';
}

const kubernetes = versionOf('k8s.io/kubernetes');
const [major, minor] = kubernetes.split('.');
const stamp = 'k8s.io/component-base/version';
// Without these the API server calls itself v0.0.0, and charts refuse to be installed.
const linkerFlags = [
  `-s -w -X ${stamp}.gitVersion=v${kubernetes}`,
  `-X ${stamp}.gitMajor=${major ?? ''} -X ${stamp}.gitMinor=${minor ?? ''}`,
].join(' ');

interface Source {
  readonly package: string;
  readonly version: string;
  readonly takes: string;
}

/** What the notes of a build on two cores say. */
const sources = {
  etcd: {
    package: 'go.etcd.io/etcd/server/v3',
    version: versionOf('go.etcd.io/etcd/server/v3'),
    takes: 'some seconds',
  },
  'kube-apiserver': {
    package: 'k8s.io/kubernetes/cmd/kube-apiserver',
    version: kubernetes,
    takes: 'three or four minutes',
  },
  'kube-controller-manager': {
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    version: kubernetes,
    takes: 'a minute',
  },
  kubectl: {
    package: 'k8s.io/kubernetes/cmd/kubectl',
    version: kubernetes,
    takes: 'half a minute',
  },
} as const satisfies Readonly<Record<string, Source>>;

export type ClusterProgram = keyof typeof sources;

/** In the order in which they are prepared. */
export const clusterPrograms = Object.keys(sources) as readonly ClusterProgram[];

/** Where the program is (the variables are those of envtest), or will be once it is prepared. */
export function clusterProgramPath(
  name: ClusterProgram,
  machine: Machine = thisMachine,
): Promise<string> {
  return goProgramPath(programOf(name), machine);
}

/** Resolves with the program's path; builds it if it is missing; rejects with one sentence. */
export function ensureClusterProgram(
  name: ClusterProgram,
  report: Report,
  machine: Machine = thisMachine,
): Promise<string> {
  return ensureGoProgram(programOf(name), report, machine);
}

function programOf(name: ClusterProgram): GoProgram {
  const { package: path, version, takes } = sources[name];
  return {
    name,
    version,
    takes,
    variable: `TEST_ASSET_${name.toUpperCase().replaceAll('-', '_')}`,
    folderVariable: 'KUBEBUILDER_ASSETS',
    module,
    build: (result) => [
      ...['build', '-trimpath', '-ldflags', linkerFlags],
      ...['-o', join(result, name), path],
    ],
  };
}
