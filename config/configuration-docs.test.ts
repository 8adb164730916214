import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { parseConfig } from './parse.ts';
import { configJsonSchema, dereference, type JsonSchema } from './source/json-schema.ts';

const read = (): Promise<string> =>
  readFile(new URL('../docs/configuration.md', import.meta.url), 'utf8');

interface Form extends JsonSchema {
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The rows of the reference: one for each key, as `path | form | default | meaning`. */
function* rows(schema: JsonSchema, path: string, seen: ReadonlySet<JsonSchema>): Generator<string> {
  const own = dereference(schema) as Form;
  if (seen.has(own)) return;
  const within = new Set([...seen, own]);
  for (const [key, part] of Object.entries(own.properties ?? {})) {
    const place = path === '' ? key : `${path}.${key}`;
    yield* keyRows(part, place, { required: own.required?.includes(key) === true, within });
  }
  for (const part of own.anyOf ?? []) yield* rows(part, path, within);
  for (const part of own.oneOf ?? []) {
    const { configuration, type } = part.properties ?? {};
    const name = String(type?.const);
    yield `| \`${path}.type\` | \`${name}\` | required | ${part.description ?? ''} |`;
    if (configuration !== undefined) yield* rows(configuration, `${name}: configuration`, within);
  }
}

function* keyRows(
  part: JsonSchema,
  place: string,
  { required, within }: { readonly required: boolean; readonly within: ReadonlySet<JsonSchema> },
): Generator<string> {
  const form: Form = { ...dereference(part), ...part };
  const value = JSON.stringify(form.default) as string | undefined;
  const shown = required ? 'required' : value === undefined || value === '{}' ? '' : `\`${value}\``;
  yield `| \`${place}\` | ${formOf(form)} | ${shown} | ${form.description ?? ''} |`;
  yield* rows(part, place, within);
  if (form.items !== undefined) yield* rows(form.items, `${place}[]`, within);
  if (typeof form.additionalProperties === 'object') {
    yield* rows(form.additionalProperties, `${place}.<name>`, within);
  }
}

function formOf(form: Form): string {
  if (form.enum !== undefined) return form.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (form.anyOf !== undefined)
    return form.anyOf.map((part) => formOf(dereference(part))).join(' or ');
  switch (form.type) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'array':
      return `list of ${form.items?.type === 'string' ? 'texts' : 'entries'}`;
    case 'integer':
    case 'number':
      return rangeOf(form);
    default:
      return form.properties === undefined ? 'map by name' : 'section';
  }
}

function rangeOf({ minimum, maximum }: Form): string {
  return minimum === undefined || maximum === undefined ? 'number' : `${minimum} to ${maximum}`;
}

/** Markdown as far as tables go: how wide a column is does not matter. */
function plain(text: string): string {
  return text.replace(/ +/g, ' ').replace(/-{3,}/g, '---');
}

test('docs/configuration.md explains every key in the words of the schema', async () => {
  const text = plain(await read());
  const lacking = [...rows(configJsonSchema(), '', new Set())]
    .map(plain)
    .filter((row) => !text.includes(row));
  expect(lacking).toEqual([]);
});

test('it explains no key that is not there', async () => {
  const known = new Set([...rows(configJsonSchema(), '', new Set())].map(plain));
  const told = plain(await read())
    .split('\n')
    .filter((line) => /^\| `[a-z]/.test(line) && line.split(' | ').length === 4);
  expect(told.filter((line) => !known.has(line))).toEqual([]);
});

test.each([
  ['configuration.md', 6],
  ['semantic-cache.md', 2],
])('the samples of docs/%s are right configurations', async (name, least) => {
  const text = await readFile(new URL(`../docs/${name}`, import.meta.url), 'utf8');
  const samples = [...text.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, sample = '']) => sample);
  expect(samples.length).toBeGreaterThanOrEqual(least);
  const base = `default_model: qwen3-8b
vllm_endpoints: [{name: small, address: 127.0.0.1, port: 8000}]
model_config: {qwen3-8b: {}}
`;
  for (const sample of samples) {
    const own = new Set([...sample.matchAll(/^(\w+):/gm)].map(([, key]) => key));
    const whole = own.has('providers');
    const rest = base.split('\n').filter((line) => !whole && !own.has(line.split(':')[0]));
    const result = parseConfig(`${rest.join('\n')}\n${sample}`);
    expect([sample, result.ok ? [] : result.problems]).toEqual([sample, []]);
  }
});
