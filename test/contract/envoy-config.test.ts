// The Envoy configuration is what the golden files say, and the real Envoy accepts every one.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { EnvoyMessage } from '../../config/envoy/json.ts';
import {
  envoyFiles,
  goldenFolder,
  goldenNames,
  goldenText,
  readGoldenInput,
} from '../golden/envoy-golden.ts';
import { validateBootstrap } from '../kit/envoy.ts';
import { createAuthority } from '../kit/pki.ts';

let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'srm-golden-'));
  const authority = createAuthority('test authority');
  const client = authority.issue(['envoy']);
  await writeFile(join(directory, 'ca.pem'), authority.certificate);
  await writeFile(join(directory, 'client.pem'), client.certificate);
  await writeFile(join(directory, 'client.key'), client.key);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe.each(goldenNames())('%s', (name) => {
  test('is what its golden file says', async () => {
    const golden = await readFile(`${goldenFolder}${name}.out.yaml`, 'utf8');
    expect(goldenText(envoyFiles(readGoldenInput(name)))).toBe(golden);
  });

  test('is accepted by Envoy, discovery files and all', async () => {
    const golden = await readFile(`${goldenFolder}${name}.out.yaml`, 'utf8');
    // The files that the configuration names are in the test's own folder.
    const files = parse(
      golden
        .replaceAll('/pki/', `${directory}/`)
        .replaceAll(/\/(run|var)\/[a-z/-]+\//g, `${directory}/`),
    ) as Files;
    for (const [fileName, content] of Object.entries(files)) {
      await writeFile(join(directory, fileName), JSON.stringify(content));
    }
    expect(await validateBootstrap(files['bootstrap.json'])).toBeUndefined();
    expect(await validateBootstrap(inline(files))).toBeUndefined();
  });
});

test('Envoy looks into the discovery files once they are inlined', async () => {
  const files = envoyFiles(readGoldenInput('standalone'));
  const spoilt = JSON.stringify(inline(files)).replace('LEAST_REQUEST', 'NO_SUCH_POLICY');
  expect(await validateBootstrap(JSON.parse(spoilt) as object)).toContain('NO_SUCH_POLICY');
});

type Files = Readonly<Record<string, EnvoyMessage>> & { 'bootstrap.json': EnvoyMessage };

/**
 * The bootstrap with everything that it discovers put in: `--mode validate` does not read discovery
 * files.
 */
function inline(files: Readonly<Record<string, EnvoyMessage>>): object {
  const bootstrap = structuredClone(files['bootstrap.json']) as unknown as Bootstrap;
  const only = (fileName: string): Untyped => {
    const [first] = (files[fileName] as unknown as { resources: Untyped[] }).resources;
    if (first === undefined) throw new Error(`${fileName} holds nothing`);
    return untyped(first);
  };
  delete bootstrap.dynamic_resources;
  const { resources } = files['clusters.json'] as unknown as { resources: Untyped[] };
  bootstrap.static_resources.clusters.push(...resources.map(untyped));
  for (const { filter_chains } of bootstrap.static_resources.listeners) {
    for (const { filters } of filter_chains) {
      for (const { typed_config: manager } of filters) {
        delete manager.rds;
        manager.route_config = only('routes.json');
        manager.http_filters = manager.http_filters.map((filter) =>
          filter.config_discovery === undefined ? filter : only(`filter-${filter.name}.json`),
        );
      }
    }
  }
  return bootstrap;
}

type Untyped = Readonly<Record<string, unknown>>;

interface Bootstrap {
  dynamic_resources?: unknown;
  static_resources: {
    clusters: unknown[];
    listeners: { filter_chains: { filters: { typed_config: Manager }[] }[] }[];
  };
}

interface Manager {
  rds?: unknown;
  route_config?: unknown;
  http_filters: { name?: string; config_discovery?: unknown }[];
}

/** A message that stands in its own place and not in an Any. */
function untyped(message: Untyped): Untyped {
  return Object.fromEntries(Object.entries(message).filter(([field]) => field !== '@type'));
}
