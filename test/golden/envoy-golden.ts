// The golden pairs of the Envoy configuration: X.in.yaml (options and a RouterConfig) to X.out.yaml
// (the bootstrap and every discovery file).
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml, stringify } from 'yaml';
import { buildBootstrap } from '../../config/envoy/bootstrap.ts';
import type { EnvoyMessage } from '../../config/envoy/json.ts';
import type { EnvoyOptions } from '../../config/envoy/options.ts';
import { fileNames } from '../../config/envoy/resource-names.ts';
import {
  clustersFile,
  envoyResources,
  filterFiles,
  routesFile,
} from '../../config/envoy/resources.ts';
import { formatProblem, parseConfig } from '../../config/parse.ts';
import type { RouterConfig } from '../../config/schema/index.ts';

export const goldenFolder = fileURLToPath(new URL('envoy/', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));

interface GoldenInput {
  readonly options: EnvoyOptions;
  readonly config: RouterConfig;
}

/** Names of all pairs. */
export function goldenNames(): string[] {
  return readdirSync(goldenFolder)
    .filter((file) => file.endsWith('.in.yaml'))
    .map((file) => file.slice(0, -'.in.yaml'.length));
}

export function readGoldenInput(name: string): GoldenInput {
  const { options, config, config_file } = parseYaml(
    readFileSync(`${goldenFolder}${name}.in.yaml`, 'utf8'),
  ) as { options: EnvoyOptions; config?: unknown; config_file?: string };
  const text =
    config_file === undefined ? stringify(config) : readFileSync(`${root}${config_file}`, 'utf8');
  const parsed = parseConfig(text, config_file ?? name);
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return { options, config: parsed.config };
}

/** Every file that Envoy reads, by its name. */
export function envoyFiles({ options, config }: GoldenInput): Record<string, EnvoyMessage> {
  const resources = envoyResources(config, options);
  const discovered = [
    ...filterFiles(resources, options),
    clustersFile(resources),
    routesFile(resources),
  ];
  return {
    [fileNames.bootstrap]: buildBootstrap(options),
    ...Object.fromEntries(discovered.map(({ fileName, content }) => [fileName, content])),
  };
}

export function goldenText(files: Readonly<Record<string, EnvoyMessage>>): string {
  return stringify(files, { aliasDuplicateObjects: false, lineWidth: 0 });
}
