// `render`: prints every object that the resources in a file would give, without a cluster.
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import type { OperatorDefaults } from '../desired/context.ts';
import type { KubeObject } from '../kube/port.ts';
import { renderResource, type RenderInput } from '../render-resource.ts';
import { apiVersion, kind } from '../resource/semantic-router-maas.ts';
import { exitCodes, processIo, type CommandIo } from './io.ts';
import { readManifests } from './read-manifests.ts';

const help = `Usage: semantic-router-maas render FILE... [OPTIONS]

Prints the objects that the operator would make for each ${kind} in the files, as YAML; - is
standard input. ConfigMaps in the files are where spec.configFrom is looked for. Owner references are
left out, since they need what only a cluster knows.

  --namespace NAME           namespace of resources that name none (default)
  --openshift                as on OpenShift, which assigns user ids itself
  --with API[,API]           optional APIs that are served: authconfig, servicemonitor
  --router-image IMAGE       for resources that name none (semantic-router-maas)
  --envoy-image IMAGE        for resources that name none (envoyproxy/envoy:v1.40.0)
  --operator-namespace NAME  where the operator runs, which may ask the pods what they run

Exit code: 0 all resources are valid (warnings or not), 1 some are not, 2 a file cannot be read or
the command was called wrongly.
`;

const options = {
  namespace: { type: 'string', default: 'default' },
  openshift: { type: 'boolean', default: false },
  with: { type: 'string', multiple: true, default: [] as string[] },
  'router-image': { type: 'string', default: 'semantic-router-maas' },
  'envoy-image': { type: 'string', default: 'envoyproxy/envoy:v1.40.0' },
  'operator-namespace': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Returns the exit code. */
export async function render(args: readonly string[], io: CommandIo = processIo): Promise<number> {
  const misuse = (error: unknown): number => {
    const sentence = error instanceof Error ? error.message : String(error);
    io.stderr(`semantic-router-maas render: ${sentence}\n`);
    return exitCodes.usage;
  };
  let call: Call;
  try {
    const read = parseArgs({ args: [...args], options, allowPositionals: true });
    if (read.values.help) {
      io.stdout(help);
      return exitCodes.ok;
    }
    call = readCall(read);
  } catch (error) {
    return misuse(error);
  }
  const objects: KubeObject[] = [];
  const problems: string[] = [];
  for (const file of call.files) {
    try {
      const text = new TextDecoder().decode(await io.readFile(file));
      const found = readManifests(text, file === '-' ? 'stdin' : file);
      objects.push(...found.objects);
      problems.push(...found.problems);
    } catch (error) {
      return misuse(`${file} cannot be read: ${error instanceof Error ? error.message : ''}`);
    }
  }
  return print({ objects, problems, call, io });
}

interface Call {
  readonly files: readonly string[];
  readonly namespace: string;
  readonly cluster: RenderInput['cluster'];
  readonly defaults: OperatorDefaults;
}

function readCall({
  values,
  positionals,
}: {
  readonly values: {
    readonly namespace: string;
    readonly openshift: boolean;
    readonly with: readonly string[];
    readonly 'router-image': string;
    readonly 'envoy-image': string;
    readonly 'operator-namespace'?: string | undefined;
  };
  readonly positionals: readonly string[];
}): Call {
  if (positionals.length === 0) throw new Error('which FILE? Try --help.');
  const served = values.with.flatMap((list) => list.split(','));
  const unknown = served.find((api) => api !== 'authconfig' && api !== 'servicemonitor');
  if (unknown !== undefined) {
    throw new Error(`--with takes authconfig and servicemonitor, not ${JSON.stringify(unknown)}.`);
  }
  return {
    files: positionals,
    namespace: values.namespace,
    cluster: {
      served: {
        authConfig: served.includes('authconfig'),
        serviceMonitor: served.includes('servicemonitor'),
      },
      isOpenShift: values.openshift,
      prometheuses: undefined,
      namespaceLabels: undefined,
    },
    defaults: {
      images: { router: values['router-image'], envoy: values['envoy-image'] },
      operatorNamespace: values['operator-namespace'],
    },
  };
}

function print(given: {
  readonly objects: readonly KubeObject[];
  readonly problems: readonly string[];
  readonly call: Call;
  readonly io: CommandIo;
}): number {
  const { objects, call, io } = given;
  const problems = [...given.problems];
  const configMaps = objects.filter((one) => one.kind === 'ConfigMap');
  const resources = objects.filter((one) => one.kind === kind);
  for (const resource of resources) {
    const { name, namespace = call.namespace } = resource.metadata;
    const place = `${kind} ${namespace}/${name}`;
    if (resource.apiVersion !== apiVersion) {
      problems.push(`${place}: apiVersion: must be ${apiVersion}`);
      continue;
    }
    const input = { ...resource, metadata: { ...resource.metadata, namespace } };
    const { cluster, defaults } = call;
    const rendered = renderResource({ resource: input, configMaps, cluster, defaults });
    for (const warning of rendered.warnings) io.stderr(`${place}: warning: ${warning}\n`);
    io.stdout((rendered.desired?.objects ?? []).map(document).join(''));
    problems.push(...rendered.problems.map((problem) => `${place}: ${problem}`));
  }
  if (resources.length === 0 && problems.length === 0) {
    problems.push(`there is no ${kind} in ${call.files.join(', ')}`);
  }
  io.stderr(problems.map((problem) => `${problem}\n`).join(''));
  return problems.length === 0 ? exitCodes.ok : exitCodes.problems;
}

/** With an owner that no cluster knows, the object would be collected as soon as it was applied. */
function document({
  metadata: { ownerReferences: _owners, ...metadata },
  ...rest
}: KubeObject): string {
  const { apiVersion: version, kind: objectKind, ...more } = rest;
  const object = { apiVersion: version, kind: objectKind, metadata, ...more };
  return `---\n${stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 })}`;
}
