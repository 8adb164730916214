import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { conditionReasons } from '../reasons.ts';
import { parseResource } from '../resource/parse-resource.ts';
import { resourceSchema } from './resource-schema.ts';
import type { StructuralSchema } from './schema-types.ts';

const read = (): Promise<string> =>
  readFile(new URL('../../docs/custom-resource.md', import.meta.url), 'utf8');

/** The rows of the reference: `path | form | default | meaning`. The configuration has its own. */
function* rows(schema: StructuralSchema, path: string): Generator<string> {
  for (const [key, part] of Object.entries(schema.properties ?? {})) {
    const place = `${path}.${key}`;
    const shown = schema.required?.includes(key) === true ? 'required' : defaultOf(part);
    yield `| \`${place}\` | ${formOf(part)} | ${shown} | ${part.description ?? ''} |`;
    if (place === 'spec.config') continue;
    yield* rows(part, place);
    if (part.items !== undefined) yield* rows(part.items, `${place}[]`);
    if (part.additionalProperties !== undefined) {
      yield* rows(part.additionalProperties, `${place}.<name>`);
    }
  }
}

function defaultOf({ default: value, properties }: StructuralSchema): string {
  return value === undefined || properties !== undefined ? '' : `\`${JSON.stringify(value)}\``;
}

function formOf(schema: StructuralSchema): string {
  if (schema.enum !== undefined) {
    return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  }
  if (schema['x-kubernetes-int-or-string'] === true) return 'number or text';
  switch (schema.type) {
    case undefined:
      return 'several';
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'array':
      return schema.items?.type === 'string' ? 'list of texts' : 'list';
    case 'integer':
    case 'number':
      return rangeOf(schema);
    default:
      return schema.additionalProperties === undefined ? 'section' : 'map by name';
  }
}

function rangeOf({ minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: StructuralSchema): string {
  return maximum > 2 ** 31 - 2 ? `from ${minimum}` : `${minimum} to ${maximum}`;
}

/** Markdown as far as tables go: how wide a column is does not matter. */
function plain(text: string): string {
  return text.replace(/ +/g, ' ').replace(/-{3,}/g, '---');
}

const { spec, status } = resourceSchema().properties ?? {};
const expected = [...rows(spec ?? {}, 'spec'), ...rows(status ?? {}, 'status')].map(plain);

test('docs/custom-resource.md explains every field in the words of the schema', async () => {
  const text = plain(await read());
  expect(expected.length).toBeGreaterThan(100);
  expect(expected.filter((row) => !text.includes(row))).toEqual([]);
});

test('it explains no field that is not there', async () => {
  const told = plain(await read())
    .split('\n')
    .filter((line) => /^\| `(spec|status)\./.test(line));
  expect(told.filter((line) => !expected.includes(line))).toEqual([]);
});

test('it explains each reason of each condition, in their order', async () => {
  const told = [...(await read()).matchAll(/^\| `(\w+)` +\| `(\w+)` +\| \S/gm)].map(
    ([, type, reason]) => `${String(type)}/${String(reason)}`,
  );
  const known = Object.entries(conditionReasons).flatMap(([type, reasons]) =>
    reasons.map((reason) => `${type}/${reason}`),
  );
  expect(told).toEqual(known);
});

test('its samples are right resources', async () => {
  const samples = [...(await read()).matchAll(/^```yaml\n([^]*?)^```$/gm)];
  expect(samples.length).toBeGreaterThan(1);
  for (const [, text = ''] of samples) {
    expect(parseResource(parse(text))).toMatchObject({ ok: true, warnings: [] });
  }
});
