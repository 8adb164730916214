import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { RE2JS } from 're2js';
import { parse } from 'yaml';
import { z } from 'zod';
import { checks } from '../../config/check.ts';
import type { Status } from '../resource/status.ts';
import { configListKeys, configRules, configSets } from './config-rules.ts';
import { buildCrd } from './crd.ts';
import { resourceSchema } from './resource-schema.ts';
import { formatSchemaPath, type StructuralSchema } from './schema-types.ts';
import { statusSchema } from './status-schema.ts';

interface Placed {
  readonly path: string;
  readonly schema: StructuralSchema;
  readonly isKey: boolean;
}

function* parts(schema: StructuralSchema, path: readonly string[] = []): Generator<Placed> {
  const isKey = path.length > 0 && !['[]', '*'].includes(path.at(-1) ?? '');
  yield { path: formatSchemaPath(path), schema, isKey };
  for (const [key, member] of Object.entries(schema.properties ?? {})) {
    yield* parts(member, [...path, key]);
  }
  if (schema.additionalProperties !== undefined) {
    yield* parts(schema.additionalProperties, [...path, '*']);
  }
  if (schema.items !== undefined) yield* parts(schema.items, [...path, '[]']);
}

const schema = resourceSchema();
const all = [...parts(schema)].filter(
  ({ path }) => !['apiVersion', 'kind', 'metadata'].includes(path),
);
const placesOf = (wrong: readonly Placed[]): string[] => wrong.map(({ path }) => path);

describe('the definition', () => {
  const file = new URL('../../crds/semantic-router.io_semanticroutermaas.yaml', import.meta.url);
  const text = readFileSync(file, 'utf8');

  test('is the committed file, which kubectl can apply either way', () => {
    expect(parse(text)).toEqual(JSON.parse(JSON.stringify(buildCrd())));
    expect(Buffer.byteLength(text)).toBeLessThan(200_000);
  });

  test('explains every key', () => {
    expect(all.length).toBeGreaterThan(350);
    const silent = all.filter(
      ({ isKey, schema: { description = '', type } }) =>
        (isKey || type === 'object') && description.length < 5,
    );
    expect(placesOf(silent)).toEqual([]);
  });

  test('limits every list, map and text', () => {
    const unlimited = all.filter(({ schema: part }) => {
      if (part.type === 'array') return part.maxItems === undefined;
      if (part.additionalProperties !== undefined) return part.maxProperties === undefined;
      const mayBeText = part.type === 'string' || part.type === undefined;
      return mayBeText && part.maxLength === undefined && part.enum === undefined;
    });
    expect(placesOf(unlimited)).toEqual([]);
  });

  test('has patterns that Go can compile', () => {
    const patterns = all.flatMap(({ schema: { pattern } }) => pattern ?? []);
    expect(patterns.length).toBeGreaterThan(50);
    for (const pattern of patterns) expect(() => RE2JS.compile(pattern)).not.toThrow();
  });

  test('keeps unknown keys of the configuration, and only there and in what is passed on', () => {
    const sections = all.filter(
      ({ schema: { type, additionalProperties } }) =>
        type === 'object' && additionalProperties === undefined,
    );
    const keeping = sections.filter(
      ({ schema: part }) => part['x-kubernetes-preserve-unknown-fields'],
    );
    const inConfig = placesOf(sections).filter((path) => /^spec\.config(\.|$)/.test(path));
    expect(placesOf(keeping)).toEqual(expect.arrayContaining(inConfig));
    const passedOn = keeping.filter(({ path }) => !inConfig.includes(path));
    expect(placesOf(passedOn)).toEqual([
      'spec.autoscaling.metrics[]',
      'spec.autoscaling.behavior',
      'spec.podTemplate.tolerations[]',
      'spec.podTemplate.affinity',
      'spec.podTemplate.securityContext',
      'spec.podTemplate.volumes[]',
      'spec.podTemplate.volumeMounts[]',
      'spec.topologySpread[]',
      'spec.auth.authentication.*',
      'spec.networkPolicy.clientsFrom[]',
      'spec.networkPolicy.metricsFrom[]',
    ]);
  });

  test('completes the configuration only within sections that somebody wrote, and no list', () => {
    const places = all.filter(
      ({ path, schema: part }) => path.startsWith('spec.config.') && 'default' in part,
    );
    expect(placesOf(places)).toContain('spec.config.maas_integration.headers.prefix');
    expect(placesOf(places).filter((path) => /\[\]|\*|^spec\.config\.[^.]+$/.test(path))).toEqual(
      [],
    );
  });

  test('describes rules within rules four levels deep', () => {
    const deepest = all
      .filter(({ path }) => path.startsWith('spec.config.decisions[].rules'))
      .at(-1);
    expect(deepest?.path).toBe(`spec.config.decisions[].rules${'.conditions[]'.repeat(4)}`);
    expect(deepest?.schema).toMatchObject({
      description: expect.stringContaining('only the operator checks them'),
      'x-kubernetes-preserve-unknown-fields': true,
    });
  });
});

describe('the rules of the configuration', () => {
  test('name checks that the parser makes', () => {
    const known = new Set(checks.map(({ name }) => name));
    const named = Object.values(configRules)
      .flat()
      .flatMap(({ check }) => check ?? []);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  test('stand at places that there are', () => {
    const places = new Set(placesOf(all));
    const wanted = [...Object.keys(configRules), ...Object.keys(configListKeys), ...configSets];
    const lost = wanted.filter(
      (path) => !places.has(path === '' ? 'spec.config' : `spec.config.${path}`),
    );
    expect(lost).toEqual([]);
  });
});

test('the status that the operator writes is the one that the definition knows', () => {
  const { type, status, reason } = { type: 'Ready', status: 'True', reason: 'Ready' } as const;
  const said = { observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z' };
  const whole: Required<Status> = {
    ...{ observedGeneration: 1, mode: 'maas', selector: 'a=b' },
    conditions: [{ type, status, reason, message: 'All is there.', ...said }],
    ...{ configHash: '0123456789abcdef', lastGoodConfigHash: '0123456789abcdef' },
    ...{ replicas: 2, readyReplicas: 2, updatedReplicas: 2 },
    addresses: [{ name: 'http', url: 'http://demo.team-a.svc:8801' }],
    inventory: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'demo' }],
  };
  expect(z.strictObject(statusSchema.shape).parse(whole)).toEqual(whole);
  expect(Object.keys(statusSchema.shape).toSorted()).toEqual(Object.keys(whole).toSorted());
});
