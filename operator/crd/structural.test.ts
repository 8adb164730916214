import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { mapOf } from '../../config/schema/primitives.ts';
import type { SourceSchema, StructuralSchema } from './schema-types.ts';
import { toStructural } from './structural.ts';

function structural(schema: z.ZodType, keepsUnknownKeys = false): StructuralSchema {
  return toStructural(z.toJSONSchema(schema, { io: 'input' }) as SourceSchema, {
    keepsUnknownKeys,
    takesDefault: () => true,
    depth: 2,
    adjust: (_path, made) => made,
  });
}

test('a section with all that it says', () => {
  const section = z
    .object({
      port: z.int().min(1).max(65_535).default(80).describe('A port.'),
      share: z.number().gt(0).lt(1).optional().describe('A share.'),
      name: z
        .string()
        .max(9)
        .regex(/^[^\s]+$/)
        .describe('A name.'),
      list: z.array(z.boolean()).max(3).default([]).describe('A list.'),
    })
    .describe('A section.');
  expect(structural(section)).toEqual({
    description: 'A section.',
    type: 'object',
    required: ['name'],
    properties: {
      port: {
        ...{ description: 'A port.', type: 'integer', format: 'int32' },
        ...{ minimum: 1, maximum: 65_535, default: 80 },
      },
      share: {
        ...{ description: 'A share.', type: 'number', minimum: 0, exclusiveMinimum: true },
        ...{ maximum: 1, exclusiveMaximum: true },
      },
      name: {
        ...{ description: 'A name.', type: 'string', maxLength: 9 },
        pattern: expect.stringMatching(/^\^\[\^\\t\\n/),
      },
      list: {
        ...{ description: 'A list.', type: 'array', maxItems: 3, default: [] },
        ...{ 'x-kubernetes-list-type': 'atomic', items: { type: 'boolean' } },
      },
    },
  });
});

test('the default of a section is written out, and left out where it would be empty', () => {
  const inner = z.object({ a: z.int().default(1), b: z.int().optional() });
  const { properties } = structural(
    z.object({ full: inner.prefault({}), bare: z.object({ b: z.int().optional() }).prefault({}) }),
  );
  expect(properties?.['full']?.default).toEqual({ a: 1 });
  expect(properties?.['bare']).not.toHaveProperty('default');
});

test('the keys of a map are held to their form by a rule', () => {
  const map = structural(
    mapOf(
      z
        .string()
        .max(5)
        .regex(/^[a-z]\.$/),
      z.string().max(3),
      7,
    ),
  );
  expect(map).toMatchObject({
    maxProperties: 7,
    additionalProperties: { type: 'string', maxLength: 3 },
    'x-kubernetes-validations': [
      { rule: String.raw`self.all(key, size(key) <= 5 && key.matches("^[a-z]\\.$"))` },
    ],
  });
  expect(() => structural(mapOf(z.string(), z.string(), 7))).toThrow('must have a limit');
});

describe('a union', () => {
  test('of text and whole numbers', () => {
    expect(structural(z.union([z.int().min(0), z.string().max(4)]))).toMatchObject({
      'x-kubernetes-int-or-string': true,
      anyOf: [{ type: 'integer' }, { type: 'string' }],
      minimum: 0,
      maxLength: 4,
    });
  });

  test('of words and a list has no type', () => {
    const schema = structural(z.union([z.enum(['A', 'B']), z.array(z.string().max(2)).max(3)]));
    expect(schema).not.toHaveProperty('type');
    expect(schema).toMatchObject({
      'x-kubernetes-preserve-unknown-fields': true,
      pattern: '^(A|B)$',
      maxLength: 1,
      maxItems: 3,
      items: { type: 'string', maxLength: 2 },
      not: { enum: [true, false] },
    });
  });

  test('of sections has the keys of all, and says which belong together', () => {
    const cat = z.object({ kind: z.literal('cat'), lives: z.int().max(9).describe('Lives.') });
    const dog = z.object({ kind: z.literal('dog'), bark: z.boolean().optional() });
    expect(structural(z.discriminatedUnion('kind', [cat, dog]))).toMatchObject({
      type: 'object',
      required: ['kind'],
      properties: {
        kind: { type: 'string', enum: ['cat', 'dog'] },
        lives: { type: 'integer' },
        bark: { type: 'boolean' },
      },
      anyOf: [
        { required: ['kind', 'lives'], properties: { kind: { enum: ['cat'] } } },
        { required: ['kind'], properties: { kind: { enum: ['dog'] } } },
      ],
    });
  });

  test('of sections that use one key for different things is refused', () => {
    const forms = z.union([z.object({ a: z.boolean() }), z.object({ a: z.int() })]);
    expect(() => structural(forms)).toThrow('cannot be told apart');
  });
});

test('what stands within itself is described as often as asked', () => {
  interface Tree {
    children?: Tree[] | undefined;
  }
  const tree: z.ZodType<Tree> = z.lazy(() =>
    z.object({ children: z.array(tree).max(2).optional() }).describe('A tree.'),
  );
  const branch = (schema: StructuralSchema | undefined) => schema?.properties?.['children']?.items;
  const second = branch(structural(z.object({ children: z.array(tree).max(2) })));
  expect(branch(second)).toHaveProperty('properties');
  expect(branch(branch(second))).toEqual({
    description: 'A tree. Deeper levels have the same form; only the operator checks them.',
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
  });
});
