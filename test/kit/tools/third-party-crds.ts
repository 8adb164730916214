// The CustomResourceDefinitions of other projects, as published: taken out of the Go modules that
// carry them into the cache, or out of the folder that THIRD_PARTY_CRDS names.
import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, prepareOnce } from '../../../dataplane/local/tools/cache.ts';
import {
  lastLine,
  run,
  thisMachine,
  type Machine,
  type Report,
} from '../../../dataplane/local/tools/machine.ts';

interface Publication {
  readonly module: string;
  readonly version: string;
  /** The module's hash, as a go.sum has it. */
  readonly sum: string;
  /** Folder of the files in the module. */
  readonly folder: string;
  readonly crds: readonly PublishedCrd[];
}

export type PublishedCrd =
  | 'gateway.networking.k8s.io_gatewayclasses'
  | 'gateway.networking.k8s.io_gateways'
  | 'gateway.networking.k8s.io_httproutes'
  | 'gateway.networking.k8s.io_referencegrants'
  | 'monitoring.coreos.com_podmonitors'
  | 'monitoring.coreos.com_probes'
  | 'monitoring.coreos.com_prometheusagents'
  | 'monitoring.coreos.com_prometheuses'
  | 'monitoring.coreos.com_prometheusrules'
  | 'monitoring.coreos.com_servicemonitors';

/** No Go module carries these: the Authorino and Kuadrant projects publish them as files. */
export type GivenCrd =
  | 'authorino.kuadrant.io_authconfigs'
  | 'extensions.kuadrant.io_telemetrypolicies'
  | 'kuadrant.io_authpolicies'
  | 'kuadrant.io_tokenratelimitpolicies';

const publications: readonly Publication[] = [
  {
    module: 'sigs.k8s.io/gateway-api',
    version: 'v1.5.0',
    sum: 'h1:duoo14Ky/fJXpjpmyMISE2RTBGnfCg8zICfTYLTnBJA=',
    folder: 'config/crd/standard',
    crds: [
      'gateway.networking.k8s.io_gatewayclasses',
      'gateway.networking.k8s.io_gateways',
      'gateway.networking.k8s.io_httproutes',
      'gateway.networking.k8s.io_referencegrants',
    ],
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.93.0',
    sum: 'h1:AohlYJT+En8TmNpAcEUJ3GsaJTAqfEBwHmGTVpRm/Io=',
    folder: 'example/prometheus-operator-crd',
    crds: [
      'monitoring.coreos.com_podmonitors',
      'monitoring.coreos.com_probes',
      'monitoring.coreos.com_prometheusagents',
      'monitoring.coreos.com_prometheuses',
      'monitoring.coreos.com_prometheusrules',
      'monitoring.coreos.com_servicemonitors',
    ],
  },
];

/**
 * Path of the YAML file of a CRD, `group_plural`. Undefined: only the folder that THIRD_PARTY_CRDS
 * names could have it, and that folder does not, or the variable is not set; suites that need it then
 * say that they are skipped.
 */
export function thirdPartyCrd(name: PublishedCrd, machine?: Machine): string;
export function thirdPartyCrd(name: GivenCrd, machine?: Machine): string | undefined;
export function thirdPartyCrd(
  name: PublishedCrd | GivenCrd,
  machine: Machine = thisMachine,
): string | undefined {
  const publication = publications.find(({ crds }) => crds.some((crd) => crd === name));
  if (publication !== undefined) {
    return join(cacheFolder(machine), folderOf(publication), `${name}.yaml`);
  }
  const folder = machine.env['THIRD_PARTY_CRDS'];
  if (folder === undefined || folder === '') return undefined;
  const path = join(folder, `${name}.yaml`);
  return existsSync(path) ? path : undefined;
}

/** Prepares the published ones; resolves with their folders; rejects with one sentence. */
export function ensureThirdPartyCrds(
  report: Report,
  machine: Machine = thisMachine,
): Promise<string[]> {
  return Promise.all(publications.map((publication) => ensure(publication, report, machine)));
}

function folderOf({ module, version }: Publication): string {
  return `crds-${module.split('/').at(-1) ?? ''}-${version}`;
}

function ensure(publication: Publication, report: Report, machine: Machine): Promise<string> {
  const { module, version, folder, crds } = publication;
  const files = crds.map((crd) => `${crd}.yaml`);
  return prepareOnce({
    cache: cacheFolder(machine),
    name: folderOf(publication),
    programs: [],
    files,
    report,
    prepare: async (work, result) => {
      report(`Fetching the CRDs of ${module} ${version} (once).`);
      const source = await download(publication, work, machine);
      for (const file of files) await copyFile(join(source, folder, file), join(result, file));
    },
  });
}

/** Folder of the module's files, which are what its hash says. */
async function download(publication: Publication, work: string, machine: Machine): Promise<string> {
  const { module, version, sum } = publication;
  const what = `The CRDs of ${module} ${version} come as a Go module`;
  const { code, output } = await run(
    machine,
    'go',
    ['mod', 'download', '-json', `${module}@${version}`],
    work,
  );
  if (code === undefined) {
    throw new Error(`${what}, and there is no go here; install Go 1.26 or newer.`);
  }
  // Progress and the answer come on two streams, but the answer is the one thing in braces.
  const json = output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1);
  const {
    Dir,
    Sum,
    Error: why,
  } = (json === '' ? {} : JSON.parse(json)) as Partial<Record<'Dir' | 'Sum' | 'Error', string>>;
  if (code !== 0 || Dir === undefined) {
    throw new Error(`${what}, which could not be fetched (${lastLine(why ?? output)}).`);
  }
  if (Sum !== sum) throw new Error(`${what}, whose hash ${Sum ?? ''} is not ${sum}.`);
  return Dir;
}
