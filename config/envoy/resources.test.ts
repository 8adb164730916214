import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { routerConfigSchema, type RouterConfig } from '../schema/index.ts';
import { clusterNames } from './resource-names.ts';
import {
  clustersFile,
  envoyResources,
  filterFiles,
  mergeResources,
  routesFile,
  type EnvoyResources,
} from './resources.ts';

const options = {
  listen: { host: '127.0.0.1', port: 8801 },
  admin: { host: '127.0.0.1', port: 9901 },
  extProc: { host: '127.0.0.1', port: 50051 },
  directory: '/envoy',
};

const configs: fc.Arbitrary<RouterConfig> = fc
  .record({
    models: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }),
    port: fc.integer({ min: 8000, max: 8003 }),
    userHeader: fc.constantFrom('x-user', 'x-other-user'),
    enabled: fc.boolean(),
  })
  .map(({ models, port, userHeader, enabled }) =>
    routerConfigSchema.parse({
      default_model: models[0],
      vllm_endpoints: [{ name: 'local', address: '127.0.0.1', port }],
      model_config: Object.fromEntries(models.map((model) => [model, {}])),
      maas_integration: { enabled, authentication: { user_header: userHeader } },
    }),
  );
const resources = configs.map((config) => envoyResources(config));

function versions(of: EnvoyResources): string[] {
  const files = [clustersFile(of), routesFile(of), ...filterFiles(of, options)];
  return files.map((file) => file.version);
}

describe('merging', () => {
  test('a configuration with itself changes nothing', () => {
    fc.assert(
      fc.property(resources, (one) => {
        expect(versions(mergeResources(one, one))).toEqual(versions(one));
      }),
    );
  });

  test('serves the models of both, and those of the newer by its own endpoints', () => {
    fc.assert(
      fc.property(resources, resources, (older, newer) => {
        const merged = mergeResources(older, newer);
        for (const [name, cluster] of newer.clusters) {
          expect(merged.clusters.get(name)).toBe(cluster);
        }
        for (const [name, cluster] of older.clusters) {
          if (!newer.clusters.has(name)) expect(merged.clusters.get(name)).toBe(cluster);
        }
        // Every route leads to a cluster that is there.
        for (const model of merged.routes.models.keys()) {
          expect(merged.clusters.has(clusterNames.model(model))).toBe(true);
        }
        expect(merged.routes.defaultModel).toBe(newer.routes.defaultModel);
      }),
    );
  });

  test('strips and hides the identity headers of both', () => {
    fc.assert(
      fc.property(resources, resources, (older, newer) => {
        const merged = mergeResources(older, newer);
        for (const header of [older, newer].flatMap((one) => one.filters.identity.headers)) {
          expect(merged.filters.identity.headers).toContain(header);
          expect(merged.routes.hiddenHeaders).toContain(header);
        }
      }),
    );
  });
});

test('the version of a file follows its content', () => {
  fc.assert(
    fc.property(resources, resources, (one, other) => {
      const [first, second] = [clustersFile(one), clustersFile(other)];
      expect(first.version === second.version).toBe(
        JSON.stringify(first.content) === JSON.stringify(second.content),
      );
    }),
  );
});
