// The CustomResourceDefinitions of other projects, as published: out of the folder that
// THIRD_PARTY_CRDS names, else taken out of the Go modules that carry them into the cache.
import { existsSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { cacheFolder, prepareOnce } from '../../../dataplane/local/tools/cache.ts';
import {
  lastLine,
  run,
  thisMachine,
  type Machine,
  type Report,
} from '../../../dataplane/local/tools/machine.ts';
import { authorinoModule } from './authorino.ts';

interface Publication {
  readonly module: string;
  readonly version: string;
  /** The module's hash, as a go.sum has it. */
  readonly sum: string;
  /** Where they are in the module: a folder with a file for each, or a file with them among others. */
  readonly in: { readonly folder: string } | { readonly manifest: string };
  readonly crds: readonly PublishedCrd[];
}

export type PublishedCrd =
  | 'authorino.kuadrant.io_authconfigs'
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

/** No Go module carries these: the Kuadrant project publishes them as files. */
export type GivenCrd =
  | 'extensions.kuadrant.io_telemetrypolicies'
  | 'kuadrant.io_authpolicies'
  | 'kuadrant.io_tokenratelimitpolicies';

const publications: readonly Publication[] = [
  {
    module: 'sigs.k8s.io/gateway-api',
    version: 'v1.5.0',
    sum: 'h1:duoo14Ky/fJXpjpmyMISE2RTBGnfCg8zICfTYLTnBJA=',
    in: { folder: 'config/crd/standard' },
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
    in: { folder: 'example/prometheus-operator-crd' },
    crds: [
      'monitoring.coreos.com_podmonitors',
      'monitoring.coreos.com_probes',
      'monitoring.coreos.com_prometheusagents',
      'monitoring.coreos.com_prometheuses',
      'monitoring.coreos.com_prometheusrules',
      'monitoring.coreos.com_servicemonitors',
    ],
  },
  {
    module: authorinoModule.path,
    version: authorinoModule.version,
    sum: authorinoModule.sum,
    in: { manifest: 'install/manifests.yaml' },
    crds: ['authorino.kuadrant.io_authconfigs'],
  },
];

/** All that a Go module carries. */
export const publishedCrds = publications.flatMap(({ crds }) => crds);

/**
 * Path of the YAML file of a CRD, `group_plural`: in the folder that THIRD_PARTY_CRDS names if it is
 * there, else in the cache. Undefined: no module carries it, and that folder does not have it or the
 * variable is not set; suites that need it then say that they are skipped.
 */
export function thirdPartyCrd(name: PublishedCrd, machine?: Machine): string;
export function thirdPartyCrd(name: GivenCrd, machine?: Machine): string | undefined;
export function thirdPartyCrd(
  name: PublishedCrd | GivenCrd,
  machine: Machine = thisMachine,
): string | undefined {
  const given = givenFile(name, machine);
  if (given !== undefined) return given;
  const publication = publications.find(({ crds }) => crds.some((crd) => crd === name));
  return publication === undefined
    ? undefined
    : join(cacheFolder(machine), folderOf(publication), fileOf(name));
}

function givenFile(name: string, { env }: Machine): string | undefined {
  const folder = env['THIRD_PARTY_CRDS'];
  if (folder === undefined || folder === '') return undefined;
  const path = join(folder, fileOf(name));
  return existsSync(path) ? path : undefined;
}

/**
 * Prepares the published ones that are not given; resolves with their folders; rejects with one
 * sentence.
 */
export function ensureThirdPartyCrds(
  report: Report,
  machine: Machine = thisMachine,
): Promise<string[]> {
  const wanted = publications.filter(({ crds }) =>
    crds.some((crd) => givenFile(crd, machine) === undefined),
  );
  return Promise.all(wanted.map((publication) => ensure(publication, report, machine)));
}

function folderOf({ module, version }: Publication): string {
  return `crds-${module.split('/').at(-1) ?? ''}-${version}`;
}

function ensure(publication: Publication, report: Report, machine: Machine): Promise<string> {
  const { module, version, crds } = publication;
  return prepareOnce({
    cache: cacheFolder(machine),
    name: folderOf(publication),
    programs: [],
    files: crds.map(fileOf),
    report,
    prepare: async (work, result) => {
      report(`Fetching the CRDs of ${module} ${version} (once).`);
      const source = await download(publication, work, machine);
      await take(publication, source, result);
    },
  });
}

const fileOf = (crd: string): string => `${crd}.yaml`;

async function take(
  { in: place, crds }: Publication,
  source: string,
  result: string,
): Promise<void> {
  if ('folder' in place) {
    for (const file of crds.map(fileOf)) {
      await copyFile(join(source, place.folder, file), join(result, file));
    }
    return;
  }
  const text = await readFile(join(source, place.manifest), 'utf8');
  for (const document of parseAllDocuments(text)) {
    const crd = crds.find((one) => one === nameOf(document.toJS() as Partial<Crd>));
    if (crd !== undefined) await writeFile(join(result, fileOf(crd)), document.toString());
  }
}

interface Crd {
  readonly kind: string;
  readonly spec: { readonly group: string; readonly names: { readonly plural: string } };
}

function nameOf({ kind, spec }: Partial<Crd>): string | undefined {
  return kind === 'CustomResourceDefinition' && spec !== undefined
    ? `${spec.group}_${spec.names.plural}`
    : undefined;
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
