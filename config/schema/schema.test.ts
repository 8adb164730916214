import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { configJsonSchema, dereference, type JsonSchema } from '../source/json-schema.ts';
import { routerConfigSchema } from './index.ts';
import {
  decimalSchema,
  headerNameSchema,
  headerValueSchema,
  hostSchema,
  identityValueSchema,
  nameSchema,
  tokenCountSchema,
} from './primitives.ts';

function accepts(schema: z.ZodType, value: unknown): boolean {
  return schema.safeParse(value).success;
}

describe.each<[string, z.ZodType, unknown[], unknown[]]>([
  [
    'a name',
    nameSchema,
    ['a', 'Qwen/Qwen3-8B', 'computer science', 'x'.repeat(128), '#1'],
    ['', ' a', 'a ', 'größe', 'a\nb', 'x'.repeat(129), 5, null],
  ],
  [
    'a host',
    hostSchema,
    ['127.0.0.1', '::1', '2001:db8::8a2e:370:7334', 'localhost', 'vllm.models.svc', 'a_b', 'x.y.'],
    ['', '256.1.1.1', '10.0.0', '1.2.3.4.5', 'http://a', 'a:80', 'a/b', '[::1]', '-a', 'a..b', 'ä'],
  ],
  [
    'a decimal',
    decimalSchema,
    ['0', '0.15', '123456789012.123456789012', 0.1, 3, ' 1 '],
    ['', '-1', '1e3', '.5', '1.', '1,5', '0.1234567890123', 1e-7, -1, Infinity, true],
  ],
  [
    'a number of tokens',
    tokenCountSchema,
    [0, 4000, '4000', '32K', '32k', '1.5M', ' 8K '],
    [-1, 1.5, '', '-1', 'K', '32KB', '1e3', 'many', Infinity],
  ],
  [
    'a header name',
    headerNameSchema,
    ['x-a', 'X_b.c', "!#$%&'*+-.^_`|~"],
    ['', 'x a', ':path', 'x:', 'ä', 'a\r\n', 'x'.repeat(257)],
  ],
  [
    'a header value',
    headerValueSchema,
    ['', 'a', 'a b', '"x"; y=1'],
    [' a', 'a ', 'a\nb', 'ä', 'a\u0000', 'x'.repeat(4097)],
  ],
  [
    'an identity',
    identityValueSchema,
    ['alice', 'alice@example.com', 'system:serviceaccount:ns:name', 'Jürgen Groß', '_'],
    ['', ' a', 'a\t', 'a\nb', 'a\u0000b', '\u00a0a', 'x'.repeat(257)],
  ],
])('%s', (_name, schema, right, wrong) => {
  test('is accepted', () => {
    expect(right.filter((value) => !accepts(schema, value))).toEqual([]);
  });
  test('is refused', () => {
    expect(wrong.filter((value) => accepts(schema, value))).toEqual([]);
  });
});

test.each([
  [4000, 4000],
  ['32K', 32_000],
  ['1.5M', 1_500_000],
  ['0.001K', 1],
])('%j tokens are %i', (text, count) => {
  expect(tokenCountSchema.parse(text)).toBe(count);
});

test('a price keeps its digits', () => {
  expect(decimalSchema.parse('0.150')).toBe('0.150');
  expect(decimalSchema.parse(0.15)).toBe('0.15');
});

interface PlacedSchema {
  readonly path: string;
  readonly schema: JsonSchema;
}

/** Every part of the schema with a path for readers; rules within rules are not followed again. */
function* parts(
  schema: JsonSchema,
  path: string,
  seen: ReadonlySet<JsonSchema>,
): Generator<PlacedSchema> {
  const plain = dereference(schema);
  if (seen.has(plain)) return;
  yield { path, schema: { ...plain, ...schema } };
  const within = new Set([...seen, plain]);
  for (const [key, part] of Object.entries(plain.properties ?? {})) {
    yield* parts(part, `${path}.${key}`, within);
  }
  for (const part of [...(plain.anyOf ?? []), ...(plain.oneOf ?? [])]) {
    // The forms of one key share its description.
    const { description } = schema;
    yield* parts(description === undefined ? part : { description, ...part }, path, within);
  }
  if (plain.items !== undefined) yield* parts(plain.items, `${path}[]`, within);
  if (typeof plain.additionalProperties === 'object') {
    yield* parts(plain.additionalProperties, `${path}.*`, within);
  }
}

describe('as JSON Schema, from which the custom resource is made', () => {
  const all = [...parts(configJsonSchema(), '', new Set())];

  test('it can be written at all, before and after defaults', () => {
    expect(configJsonSchema().properties).toHaveProperty('maas_integration');
    expect(z.toJSONSchema(routerConfigSchema, { io: 'input' })).toEqual(configJsonSchema());
  });

  test('every key says what it is for', () => {
    const named = all.filter(({ path }) => /\.[\w-]+$/.test(path));
    expect(named.length).toBeGreaterThan(150);
    const silent = named.filter(({ schema }) => schema.description === undefined);
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  test('every list, every map and every text has a limit', () => {
    const unlimited = all.filter(({ schema }) => {
      if (schema.type === 'array') return !('maxItems' in schema);
      if (schema.type === 'object' && schema.properties === undefined) {
        return !('maxProperties' in schema);
      }
      const closed = 'maxLength' in schema || 'enum' in schema || 'const' in schema;
      return schema.type === 'string' && !closed;
    });
    expect(unlimited.map(({ path }) => path)).toEqual([]);
  });
});

test('only what has no sensible default must be said', () => {
  const { required } = configJsonSchema() as { readonly required?: readonly string[] };
  expect(required).toEqual(['default_model', 'vllm_endpoints', 'model_config']);
});
